"""Loops over sightings and moments that run as machine code; what they mean is said where they are called."""
