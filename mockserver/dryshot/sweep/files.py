"""What the sweeps of a run found, written: all of a file or nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dryshot.recording.atomic import write_atomically
from dryshot.sweep.findings import Sweep
from dryshot.sweep.page import page

__all__ = ["VERSION", "write"]

VERSION = 1


def write(kind: str, path: Path, sweeps: Sequence[Mapping[str, Any]]) -> None:
    """As "html" or "json"."""
    if kind == "html":
        text = page([Sweep.from_json(one) for one in sweeps])
    else:
        text = json.dumps({"version": VERSION, "sweeps": sweeps}, indent=1) + "\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, text.encode())
