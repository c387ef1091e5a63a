"""7 SHOW: the only door out."""
