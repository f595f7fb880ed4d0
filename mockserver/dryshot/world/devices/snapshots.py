"""Snapshots of real devices, read from the files of an installed qiskit-ibm-runtime."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from dryshot.world.backends import Backend, BackendData

__all__ = ["snapshots"]

_FOLDER = "fake_provider/backends"


def snapshots() -> Mapping[str, Backend]:
    """What the installed qiskit-ibm-runtime carries, without importing it; nothing without it.

    Names are the SDK's own, such as ``fake_kyoto``. A backend reads its files when it is asked for
    its documents.
    """
    backends = (_backend(f"fake_{folder.name}", folder) for folder in _folders())
    return {backend.name: backend for backend in backends}


@functools.cache
def _folders() -> tuple[Path, ...]:
    """Those of devices; looked for once in a process, as every world has them."""
    spec = find_spec("qiskit_ibm_runtime")
    places = (spec.submodule_search_locations if spec else None) or ()
    roots = [Path(place, _FOLDER) for place in places]
    folders = (folder for root in roots if root.is_dir() for folder in sorted(root.iterdir()))
    return tuple(folder for folder in folders if _file(folder, "conf").is_file())


def _file(folder: Path, kind: str) -> Path:
    return folder / f"{kind}_{folder.name}.json"


def _backend(name: str, folder: Path) -> Backend:
    def load() -> BackendData:
        return BackendData(
            configuration=_document(_file(folder, "conf"), name),
            properties=_document(_file(folder, "props"), name),
            defaults=_document(_file(folder, "defs")),
        )

    return Backend(name, simulator=False, load=load)


def _document(path: Path, name: str | None = None) -> dict[str, Any]:
    """The JSON object in ``path``, with ``name`` for the device's own; empty without a file."""
    if not path.exists():
        return {}
    document: dict[str, Any] = json.loads(path.read_bytes())
    if name is not None:
        document["backend_name"] = name
    return document
