"""What the peers are and where they stand: pinned, each in an environment of its own."""

from __future__ import annotations

import importlib.metadata
import json
import os
import shutil
import sys
from pathlib import Path
from typing import Literal, NamedTuple

from benchmarks.results import INSTALL

from .processes import Unavailable, finish

__all__ = ["ENVIRONMENTS", "VARIABLE", "Environment", "root", "tool"]

VARIABLE = "DRYSHOT_PEERS"
SECONDS = 900.0
"""For one environment: a simulator is a large package."""


def root() -> Path:
    """The folder of all environments: DRYSHOT_PEERS, or one in the user's cache."""
    if chosen := os.environ.get(VARIABLE):
        return Path(chosen)
    cache = os.environ.get("XDG_CACHE_HOME")
    return (Path(cache) if cache else Path.home() / ".cache") / "dryshot" / "peers"


def tool(name: str, hint: str) -> str:
    """The path of a program that the system brings; Unavailable with a hint if it does not."""
    if found := shutil.which(name):
        return found
    raise Unavailable(f"{name} is not installed: {hint}")


class Environment(NamedTuple):
    """Packages of one registry that live together; the first is the peer, ``pins`` are exact."""

    name: str
    kind: Literal["python", "node"]
    pins: dict[str, str]

    @property
    def folder(self) -> Path:
        """Where it stands, or would."""
        return root() / self.name

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / "bin" / "python"

    @property
    def _stamp(self) -> Path:
        """Empty from the start, which says whose folder it is; holds the pins when all is there."""
        return self.folder / "dryshot-peer.json"

    def install(self) -> None:
        """Make it, unless it stands as it should; Unavailable says why it cannot be."""
        if not self.missing():
            return
        self.remove()
        self.folder.mkdir(parents=True, exist_ok=True)
        self._stamp.touch()
        if self.kind == "python":
            finish([sys.executable, "-m", "venv", self.folder], SECONDS)
            wanted = [f"{name}=={version}" for name, version in self.pins.items()]
            quiet = ("--quiet", "--no-input", "--disable-pip-version-check")
            finish([self.python, "-m", "pip", "install", *quiet, *wanted], SECONDS)
        else:
            npm = tool("npm", "it comes with node")
            wanted = [f"{name}@{version}" for name, version in self.pins.items()]
            quiet = ("--no-audit", "--no-fund", "--ignore-scripts")
            finish([npm, "install", *quiet, "--prefix", self.folder, *wanted], SECONDS)
        self._stamp.write_text(json.dumps(self.pins))

    def remove(self) -> None:
        """Delete it, if it is there; Unavailable if that folder is somebody else's."""
        if self._stamp.exists():
            shutil.rmtree(self.folder)
        elif self.folder.exists() and any(self.folder.iterdir()):
            raise Unavailable(f"{self.folder} was not made here, and stays")

    def missing(self) -> str:
        """Why it cannot be used, or nothing."""
        made = self._stamp.read_text() if self._stamp.exists() else ""
        if not made:
            return f"{self.name} is not installed: {INSTALL}"
        return "" if json.loads(made) == self.pins else f"{self.name} has other versions: {INSTALL}"

    def demand(self) -> None:
        """Unavailable, unless it stands as it should."""
        if reason := self.missing():
            raise Unavailable(reason)

    def version(self, package: str) -> str:
        """The version that is really there, by the package's own word; "" for none."""
        package = package.partition("[")[0]
        if self.kind == "node":
            told = self.module(package, "package.json")
            return str(json.loads(told.read_text())["version"]) if told.exists() else ""
        paths = [str(path) for path in self.folder.glob("lib/python*/site-packages")]
        found = importlib.metadata.distributions(name=package, path=paths) if paths else ()
        return next((one.version for one in found), "")

    def module(self, package: str, *parts: str) -> Path:
        """A file of a node package."""
        return self.folder.joinpath("node_modules", *package.split("/"), *parts)


ENVIRONMENTS: dict[str, Environment] = {
    one.name: one
    for one in (
        # httpx and requests as the project's own, so that the floors are the same
        Environment(
            "inprocess",
            "python",
            {
                "pytest-httpx": "0.36.2",
                "responses": "0.26.3",
                "httpx": "0.28.1",
                "requests": "2.34.2",
            },
        ),
        # it is built on private modules of the SDK
        Environment("localqpu", "python", {"localqpu": "0.3.0", "qiskit-ibm-runtime": "0.51.0"}),
        Environment("moto", "python", {"moto[server]": "5.2.5"}),
        Environment("prism", "node", {"@stoplight/prism-cli": "5.16.0"}),
        Environment("wiremock", "node", {"wiremock": "3.13.2"}),  # the package carries the jar
    )
}
