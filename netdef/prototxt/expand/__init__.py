"""Abbreviations of prototxt (include, block, use, repeat), and their writing out in full."""

from netdef.prototxt.expand.alike import told_once as told_once
from netdef.prototxt.expand.expand import Expanded as Expanded
from netdef.prototxt.expand.expand import expand as expand
from netdef.prototxt.expand.words import is_abbreviated as is_abbreviated
