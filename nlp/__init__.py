"""Text in, meaning out. Pure: no storage, no network, no clock."""
