"""Composes the stages; the only room that knows several of them."""
