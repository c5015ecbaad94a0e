"""Weights and solver states on disk: Caffe's own formats, read from any age and fork, written so that Caffe reads them."""
