"""`python -m consilience` is the command `consilience`."""

from __future__ import annotations

from consilience.cli.main import main

if __name__ == "__main__":
    main()
