"""READ: bytes to records. Never decides what is true."""
