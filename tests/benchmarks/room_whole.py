"""A room that ends as it should, although it prints, and leaves a process behind."""

import subprocess
import sys
from collections.abc import Iterator

from benchmarks.results import Row, unmeasured

LASTING = "import signal; print('up', flush=True); signal.pause()"


def rows(*, quick: bool) -> Iterator[Row]:
    """A row for each verdict; the last one tells the process that is left behind."""
    sys.stdout.write("this is no row\n")
    left = subprocess.Popen([sys.executable, "-c", LASTING], stdout=subprocess.PIPE)
    assert left.stdout is not None
    assert left.stdout.readline() == b"up\n"
    yield Row("fast", 1.25, 1.0, "x", note="quick" if quick else "full")
    yield unmeasured("beside a peer", 5.0, "x", "more", peer="Prism")
    yield Row("process", None, left.pid, "x")
