"""What the office does, in plain Python: standard library only, frozen values, no I/O."""
