"""``python -m dryshot``."""

from __future__ import annotations

import sys

from dryshot.cli import main

if __name__ == "__main__":
    sys.exit(main())
