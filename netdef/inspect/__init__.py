"""Looking at what a network does."""
