"""Simulated wars with known truth. Shares no code with the inference; the front door is `make.make_world`."""
