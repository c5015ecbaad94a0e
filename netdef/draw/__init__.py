"""Pictures and tables of graphs: text, DOT, SVG, PNG, PDF, HTML."""
