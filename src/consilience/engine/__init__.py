"""The candidate join and the batch runner."""
