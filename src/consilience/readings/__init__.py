"""2 READ: bytes to records, one reader per kind or format; never decides what is true."""
