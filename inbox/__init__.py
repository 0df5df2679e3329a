"""The discipline office's own program: its folder, its keys, its desk; it takes batches and signs for them."""
