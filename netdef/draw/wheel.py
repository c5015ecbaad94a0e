"""The Graphviz inside the pygraphviz wheel as a command: DOT in, picture out.

In a process of its own, since its libraries write warnings wherever they like, and could end the caller's.
"""

from __future__ import annotations

import argparse
import sys


def main() -> int:
    """Draw the graph given on the standard input."""
    parser = argparse.ArgumentParser()
    parser.add_argument("-T", dest="form", required=True)
    parser.add_argument("-G", dest="attribute", action="append", default=[])
    arguments = parser.parse_args()

    import pygraphviz

    graph = pygraphviz.AGraph(string=sys.stdin.buffer.read().decode())
    for attribute in arguments.attribute:
        name, _, value = attribute.partition("=")
        graph.graph_attr[name] = value
    sys.stdout.buffer.write(graph.draw(format=arguments.form, prog="dot"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
