"""The room of content: reading it, checking it, changing it. What the desk and the command line share."""
