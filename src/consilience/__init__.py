"""Consilience: the convergence of evidence from independent sources."""
