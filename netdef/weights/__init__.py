"""Weights and solver states on disk: Caffe's own formats, read from any age and fork, written for Caffe to read."""
