"""The talks themselves: pure, top to bottom, returning what follows from them."""
