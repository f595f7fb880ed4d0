"""A virtual environment for each client, made once and kept."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

__all__ = ["CLIENTS", "Client", "NoPython", "cache", "environment"]

_PATIENCE = 600.0
"""Seconds that an installation may take."""

# the client's pkg_resources, and the last line of websocket-client that these clients work with
_ALL = ("websocket-client==1.6.4", "setuptools<81")
_OLD = ("numpy==1.26.4", "scipy==1.13.1")


class NoPython(RuntimeError):
    """There is no Python that the clients of 2023 can be installed for."""


@dataclass(frozen=True, slots=True)
class Client:
    """A client and what it is installed with; ``probe`` is the name of its program."""

    package: str
    version: str
    pins: tuple[str, ...]
    probe: str

    @property
    def name(self) -> str:
        """How it is asked for."""
        return f"{self.probe}-{self.version}"

    @property
    def requirements(self) -> tuple[str, ...]:
        """All that pip is told."""
        return (f"{self.package}=={self.version}", *self.pins)


def _runtime(version: str, *pins: str) -> Client:
    return Client("qiskit-ibm-runtime", version, (*pins, *_ALL), "runtime")


def _provider(version: str, *pins: str) -> Client:
    return Client("qiskit-ibm-provider", version, (*pins, *_ALL), "provider")


CLIENTS = {
    client.name: client
    for client in (
        _runtime("0.11.3", "qiskit-terra==0.25.1", "qiskit-ibm-provider==0.6.3", *_OLD),
        _runtime("0.12.2", "qiskit==0.44.3", "qiskit-ibm-provider==0.7.2", *_OLD),
        _runtime("0.14.0", "qiskit==0.45.0", "qiskit-ibm-provider==0.7.2", *_OLD),
        _provider("0.7.3", "qiskit==0.45.3", *_OLD),
        _provider("0.11.0", "qiskit==1.0.2", *_OLD),
    )
}


def cache() -> Path:
    """Where environments are kept unless another folder is named."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "dryshot" / "clients"


def environment(client: Client, folder: Path) -> Path:
    """The interpreter of the client's environment, which is made unless it is there and complete.

    ``NoPython`` if there is no Python 3.11; ``subprocess.CalledProcessError`` or ``TimeoutExpired``
    if pip does not succeed.
    """
    pins = hashlib.sha256("\n".join(client.requirements).encode()).hexdigest()[:12]
    place = folder / f"{client.name}-{pins}"
    complete, python = place / "complete", place / "bin" / "python"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{place.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # whoever comes second finds it made
        if not complete.exists():
            shutil.rmtree(place, ignore_errors=True)
            _run(_python(), "-m", "venv", str(place))
            _run(str(python), "-m", "pip", "install", "--quiet", *client.requirements)
            complete.touch()
    return python


def _python() -> str:
    """A Python 3.11, which all the pins have wheels for."""
    here = sys.executable if sys.version.startswith("3.11.") else None
    found = here or shutil.which("python3.11")
    if found is None:
        raise NoPython("the clients of 2023 are installed for Python 3.11, and there is none here")
    return found


def _run(*command: str) -> None:
    subprocess.run(
        command,
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        timeout=_PATIENCE,
        env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
    )
