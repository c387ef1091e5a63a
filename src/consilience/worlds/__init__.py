"""Simulated wars with known truth; shares no code with corroborate/."""
