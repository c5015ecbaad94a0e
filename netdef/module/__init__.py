"""What a compiled net is made of."""
