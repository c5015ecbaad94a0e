"""Passes that are done again from a list of what torch's operators and compiled kernels did once."""
