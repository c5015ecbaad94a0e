"""The layer types, one file each, and the contract they keep."""
