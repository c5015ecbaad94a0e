"""Protobuf's text format as text and trees: reading with places and comments, writing, comparing, editing."""
