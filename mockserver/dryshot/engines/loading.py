"""Qiskit's compiled part, loaded by a thread that stays as long as the process."""

from __future__ import annotations

import sys
import threading
from importlib import import_module

__all__ = ["load_qiskit"]

_COMPILED = "qiskit._accelerate"


def load_qiskit() -> None:
    """Import Qiskit, if nobody did, so that threads may come and go.

    The allocator in Qiskit's wheels (2.6) lives on what the thread that loaded it left behind: when
    that thread has ended, a later one that asks for memory crashes the process. A server answers
    in threads that end with it, so none of these may be the one.
    """
    if _COMPILED in sys.modules:
        return
    if threading.current_thread() is threading.main_thread():
        import_module(_COMPILED)
        return
    loaded = threading.Event()
    threading.Thread(target=_hold, args=(loaded,), name="qiskit", daemon=True).start()
    loaded.wait()


def _hold(loaded: threading.Event) -> None:
    try:
        import_module(_COMPILED)
    finally:  # what is wrong with it shows where it is needed
        loaded.set()
    threading.Event().wait()
