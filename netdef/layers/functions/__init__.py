"""Arithmetic that torch does otherwise than Caffe, or slowly; imports torch, so layers import it when they run."""
