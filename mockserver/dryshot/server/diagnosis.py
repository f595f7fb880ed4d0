"""What this environment has and lacks for dryshot; nothing is sent to any host to find out."""

from __future__ import annotations

import json
import os
import platform
import socket
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from dryshot.server.tls import CA_VARIABLES

__all__ = ["Finding", "diagnose"]

Verdict = Literal["ok", "note", "bad"]

_EXTRAS = {
    "sim": "computed results",
    "requests": "programs that use requests, and the demo",
    "server": "dryshot serve and dryshot run",
    "sdk": "the official SDK",
}
_SDK_VARIABLES = ("QISKIT_IBM_TOKEN", "QISKIT_IBM_INSTANCE", "QISKIT_IBM_CHANNEL", "QISKIT_IBM_URL")
_PLACES = ("IAM_URL", "GLOBAL_SEARCH_URL", "QISKIT_IBM_URL", "DRYSHOT_LIVE_BASE_URL")
_TOLD = {"QISKIT_IBM_CHANNEL"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. ``bad``: something will not work; ``note``: good to know."""

    subject: str
    name: str
    value: str
    verdict: Verdict = "ok"


def diagnose(environ: Mapping[str, str], home: Path, *, port: int) -> list[Finding]:
    """Look at everything; ``home`` is where the official SDK saves its accounts."""
    return [
        Finding("versions", "python", f"{platform.python_version()} ({sys.executable})"),
        *_libraries(),
        *_port(port),
        *_proxies(environ),
        *_certificates(environ),
        *_real_hosts(environ, home),
        *_at_work(),
    ]


def _libraries() -> Iterator[Finding]:
    """dryshot, what it needs, and what each extra is for."""
    from packaging.requirements import Requirement

    yield Finding("versions", "dryshot", metadata.version("dryshot"))
    wanted = [Requirement(text) for text in metadata.requires("dryshot") or ()]
    for extra in ("", *_EXTRAS):
        missing: list[str] = []
        for wish in wanted:
            if wish.marker is None if extra else wish.marker is not None:
                continue
            if extra and wish.marker is not None and not wish.marker.evaluate({"extra": extra}):
                continue
            found = _version(wish.name)
            if found is None:
                missing.append(wish.name)
            elif not wish.specifier.contains(found, prereleases=True):
                yield Finding("versions", wish.name, f"{found}, needs {wish.specifier}", "bad")
            else:
                yield Finding("versions", wish.name, found)
        if not extra:
            for name in missing:
                yield Finding("versions", name, "missing", "bad")
        elif missing:
            advice = f'missing {", ".join(missing)}: pip install "dryshot[{extra}]"'
            yield Finding("extras", extra, f"{advice}, for {_EXTRAS[extra]}", "note")
        else:
            yield Finding("extras", extra, f"present, for {_EXTRAS[extra]}")


def _version(library: str) -> str | None:
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return None


def _port(port: int) -> Iterator[Finding]:
    with socket.socket() as probe:
        if os.name == "posix":  # elsewhere this option means that two may listen
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            text = f"{error.strerror}: a server that runs already? Another: dryshot serve --port N"
            yield Finding("port", str(port), text, "bad")
        else:
            yield Finding("port", str(port), "free")


def _proxies(environ: Mapping[str, str]) -> Iterator[Finding]:
    for name, value in sorted(environ.items()):
        if name.lower() == "no_proxy" and value:
            yield Finding("proxies", name, value)
        elif name.lower().endswith("_proxy") and value:
            text = f"{_place(value)}; dryshot run does not use it"
            yield Finding("proxies", name, text, "note")


def _certificates(environ: Mapping[str, str]) -> Iterator[Finding]:
    for name in CA_VARIABLES:
        if value := environ.get(name):
            if Path(value).exists():
                yield Finding("certificates", name, value)
            else:
                yield Finding("certificates", name, f"{value}: there is no such file", "bad")


def _real_hosts(environ: Mapping[str, str], home: Path) -> Iterator[Finding]:
    """What would lead a program to the real service when no mock stands before it."""
    for name in dict.fromkeys((*_SDK_VARIABLES, *_PLACES)):
        if value := environ.get(name):
            told = _place(value) if name in _PLACES else value if name in _TOLD else "set"
            yield Finding("real service", name, told, "note")
    file = home / ".qiskit" / "qiskit-ibm.json"
    if not file.is_file():
        yield Finding("real service", "saved accounts", "none")
        return
    try:
        saved = json.loads(file.read_text(encoding="utf-8"))
        channels = sorted({str(account.get("channel", "?"))[:40] for account in saved.values()})
    except (OSError, ValueError, AttributeError):
        yield Finding("real service", "saved accounts", "a file that cannot be read", "note")
        return
    text = f"{len(saved)} in ~/.qiskit, channels: {', '.join(channels) or 'none'}"
    yield Finding("real service", "saved accounts", text, "note" if saved else "ok")


def _at_work() -> Iterator[Finding]:
    """Whether a mock answers, in this process, and pytest finds the plugin."""
    from dryshot.errors import DryshotError
    from dryshot.http import Request
    from dryshot.mock import Mock

    try:
        answer = Mock()(Request("GET", "quantum.cloud.ibm.com", "/api/v1/versions"))
    except (DryshotError, ImportError) as error:
        yield Finding("at work", "mock", str(error), "bad")
    else:
        verdict: Verdict = "ok" if answer.status == 200 else "bad"  # noqa: PLR2004 - OK
        yield Finding("at work", "mock", f"answers {answer.status}", verdict)
    names = {point.value for point in metadata.entry_points(group="pytest11")}
    known = "dryshot.pytest_plugin" in names and find_spec("dryshot.pytest_plugin") is not None
    text = "found by pytest" if known else "not found by pytest: install dryshot again"
    yield Finding("at work", "pytest plugin", text, "ok" if known else "bad")


def _place(url: str) -> str:
    """Scheme, host and port of a URL, without whatever secret is in it."""
    try:
        parts = urlsplit(url if "://" in url else f"//{url}")
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "set, but no URL"
    scheme = f"{parts.scheme}://" if parts.scheme else ""
    return f"{scheme}{parts.hostname or '?'}{port}"
