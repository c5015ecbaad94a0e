"""Kernels compiled from C, for processors with AVX2 or AVX-512; without them PyTorch's own operators do the work."""
