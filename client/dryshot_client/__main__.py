"""``python -m dryshot_client``."""

from __future__ import annotations

import sys

from dryshot_client.shell import main

if __name__ == "__main__":
    sys.exit(main())
