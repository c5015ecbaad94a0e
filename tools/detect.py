#!/usr/bin/env python3
"""Caffe's `detect.py`: the same as `netdef detect`."""

import sys

import netdef_checkout  # noqa: F401

from netdef.cli.main import main

sys.exit(main(["detect", *sys.argv[1:]]))
