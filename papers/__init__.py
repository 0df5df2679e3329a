"""Values in, bytes out: sealed envelopes, signatures, the monthly archive, spreadsheets. Pure, but
for `files.py`, which writes private files for all the rooms above."""
