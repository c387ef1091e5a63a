"""1 KEEP: bytes in, digest out; the ledger."""
