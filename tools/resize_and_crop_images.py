#!/usr/bin/env python3
"""Caffe's `resize_and_crop_images.py`: the same as `netdef resize-images`."""

import sys

import netdef_checkout  # noqa: F401

from netdef.cli.main import main

sys.exit(main(["resize-images", *sys.argv[1:]]))
