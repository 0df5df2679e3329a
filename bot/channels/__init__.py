"""One folder a channel: thin adapters around the same reception."""
