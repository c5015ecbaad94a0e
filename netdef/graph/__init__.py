"""The graph of one phase: layers wired, shaped and counted, in integers and names alone."""
