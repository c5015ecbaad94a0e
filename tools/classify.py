#!/usr/bin/env python3
"""Caffe's `classify.py`: the same as `netdef classify`."""

import sys

import netdef_checkout  # noqa: F401

from netdef.cli.main import main

sys.exit(main(["classify", *sys.argv[1:]]))
