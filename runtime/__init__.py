"""Settings, wiring, logs, the command line: the only room that knows every other."""
