"""The command line; it talks to casework only."""
