#!/usr/bin/env python3
"""Caffe's `draw_net.py`: the same as `netdef draw`, with Caffe's words and defaults."""

import argparse
import sys

import netdef_checkout  # noqa: F401

from netdef.cli.main import main
from netdef.draw.dot import RANKDIRS

parser = argparse.ArgumentParser(description="Draw a net.")
parser.add_argument("input_net_proto_file", help="the model file")
parser.add_argument("output_image_file", help="the picture, e.g. net.png")
parser.add_argument("--rankdir", default="LR", choices=RANKDIRS, help="where data flows (default: LR)")
parser.add_argument("--phase", default="ALL", choices=("TRAIN", "TEST", "ALL"), help="which layers (default: ALL)")
parser.add_argument("--display_lrm", action="store_true", help="tell the learning-rate multipliers of each layer")
words = parser.parse_args()

flags = ["-o", words.output_image_file, "--rankdir", words.rankdir]
flags += ["--phase", words.phase] if words.phase != "ALL" else []
flags += ["--display-lrm"] if words.display_lrm else []
sys.exit(main(["draw", words.input_net_proto_file, *flags]))
