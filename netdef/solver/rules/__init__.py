"""Solver types: how gradients become updates of parameters, in Caffe's arithmetic."""
