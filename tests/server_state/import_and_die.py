"""Import a state into a file, and be killed on the way: ``import_and_die.py FILE JSON LINE``.

``LINE`` counts the lines that are run in what imports; 0 lets it end, and prints how many they are.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Any

from tests.server_state.stage import virtual

WATCHED = {"tenants.py", "state.py", "log.py", "book.py"}


class Count:
    """Kills this process at a line."""

    def __init__(self, end: int) -> None:
        self.end = end
        self.lines = 0

    def __call__(self, frame: FrameType, event: str, _: Any) -> Count | None:
        file = Path(frame.f_code.co_filename)
        if file.name not in WATCHED or file.parent.name != "server":
            return None
        if event == "line":
            self.lines += 1
            if self.lines == self.end:
                os.kill(os.getpid(), signal.SIGKILL)
        return self


def main(path: str, source: str, line: int) -> None:
    """Import; the state is not closed in the end, as if it was killed."""
    worlds = virtual()
    state = worlds.open_state(path)
    tenants = worlds.tenants(state=state)
    value = json.loads(Path(source).read_bytes())
    count = Count(line)
    sys.settrace(count)
    tenants.import_state(value)
    sys.settrace(None)
    sys.stdout.write(f"{count.lines}\n")
    sys.stdout.flush()
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
