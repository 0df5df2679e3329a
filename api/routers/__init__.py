"""JSON: one router a subject."""
