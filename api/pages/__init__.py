"""Pages: server-rendered, complete without JavaScript."""
