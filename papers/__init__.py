"""Values in, bytes out: sealed envelopes, signatures, the monthly archive, spreadsheets."""
