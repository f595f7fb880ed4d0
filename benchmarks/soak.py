"""Whether anything is lost or grows under abuse: ``python -m benchmarks.soak [--seconds 60]``.

Several clients, connections that break, and a server with a state file that is stopped or killed
every few seconds; at the end every acknowledged job is looked for. From the project's directory.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from tests.server_e2e.soak import soak


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=0)
    settings = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "state")
        print(soak(path, settings.seconds, seed=settings.seed))
        print(f"the state file has {path.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
