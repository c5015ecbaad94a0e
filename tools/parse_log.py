#!/usr/bin/env python3
"""Caffe's `parse_log.py`: the same as `netdef parse-log`."""

import sys

import netdef_checkout  # noqa: F401

from netdef.cli.main import main

sys.exit(main(["parse-log", *sys.argv[1:]]))
