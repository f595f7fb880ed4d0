"""The options of pytest: declared, read, and refused where they do not go together.

It is imported by every pytest, so it needs the standard library and pytest only.
"""

from __future__ import annotations

import argparse
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest

__all__ = ["OPTIONS", "Live", "Options", "add_options", "read_options"]

KEY, INSTANCE, URL = "DRYSHOT_LIVE_API_KEY", "DRYSHOT_LIVE_INSTANCE", "DRYSHOT_LIVE_URL"
MISSING = {
    KEY: "an API key to log in with",
    INSTANCE: "the instance to work in, its CRN or its name",
}


@dataclass(frozen=True, slots=True)
class Live:
    """A service and what may be spent there; ``url`` is None for IBM's own hosts."""

    api_key: str = field(repr=False)
    instance: str
    url: str | None
    qpu_seconds: float
    submissions: int


class Options(NamedTuple):
    """What was chosen; ``live`` is there with that target only, ``max_age`` is in days."""

    target: str
    live: Live | None
    record: str
    cassettes: Path
    strict: bool
    fail_unused: bool
    max_age: float | None


OPTIONS = pytest.StashKey[Options]()
"""Where a pytest keeps them."""


def add_options(group: pytest.OptionGroup) -> None:
    """Declare them."""
    group.addoption(
        "--dryshot-target",
        choices=("mock", "served", "replay", "live"),
        default="mock",
        help="what the client fixtures talk to: the mock in this process (mock, the default); the "
        "same behind a real server on loopback (served); a recording of this very test (replay); "
        f"a service (live), which needs {KEY} and {INSTANCE} in the environment",
    )
    group.addoption(
        "--dryshot-base-url",
        metavar="URL",
        help="with --dryshot-target=live: all services are at this URL, each at the path it has at "
        f"IBM's, and told in Host by its own name; else {URL} says it, else it is IBM's own hosts",
    )
    group.addoption(
        "--dryshot-max-qpu-seconds",
        metavar="SECONDS",
        type=_not_negative,
        help="with --dryshot-target=live: what the tests marked costs(seconds) may cost together; "
        "those for which too little is left are skipped (default 0: what costs nothing); "
        "pytest-xdist's workers get equal shares",
    )
    group.addoption(
        "--dryshot-max-submissions",
        metavar="N",
        type=_whole,
        help="with --dryshot-target=live: so many jobs are submitted in a minute, the next one "
        "waits (default 5, the service's own limit; 0: any number)",
    )
    group.addoption(
        "--dryshot-record",
        choices=("none", "once", "all"),
        default="none",
        help="write a cassette of each test that passes, without secrets: where there is none yet "
        "(once), or anew (all)",
    )
    group.addoption(
        "--dryshot-cassettes",
        metavar="DIR",
        help="where cassettes are, below pytest's rootdir (default: cassettes)",
    )
    group.addoption(
        "--dryshot-replay",
        choices=("strict", "lenient"),
        help="with --dryshot-target=replay: what was never recorded is refused (strict), or "
        "answered by the mock (lenient, the default)",
    )
    group.addoption(
        "--dryshot-fail-unused",
        action="store_true",
        help="with --dryshot-target=replay: a test that leaves some of its recording unused fails",
    )
    group.addoption(
        "--dryshot-max-age",
        metavar="DAYS",
        type=_not_negative,
        help="with --dryshot-target=replay: a test whose recording is older fails",
    )


def read_options(config: pytest.Config, environ: Mapping[str, str] = os.environ) -> Options:
    """What was chosen.

    Raises:
        pytest.UsageError: options contradict each other, or a variable is missing.
    """
    target: str = config.getoption("--dryshot-target")
    record: str = config.getoption("--dryshot-record")
    of_live = ("--dryshot-base-url", "--dryshot-max-qpu-seconds", "--dryshot-max-submissions")
    of_replay = ("--dryshot-replay", "--dryshot-fail-unused", "--dryshot-max-age")
    for needed, names in (("live", of_live), ("replay", of_replay)):
        for name in names:
            given = config.getoption(name)  # 0 is given, too
            if target != needed and given is not None and given is not False:
                raise pytest.UsageError(f"{name} needs --dryshot-target={needed}, not {target}")
    if target == "replay" and record != "none":
        raise pytest.UsageError(
            f"--dryshot-record={record} does not go with --dryshot-target=replay: what is replayed "
            "was recorded before"
        )
    cassettes = config.getoption("--dryshot-cassettes")
    if cassettes is not None and target != "replay" and record == "none":
        raise pytest.UsageError(
            "--dryshot-cassettes needs --dryshot-target=replay or --dryshot-record=once|all"
        )
    return Options(
        target,
        _live(config, environ) if target == "live" else None,
        record,
        config.rootpath / (cassettes or "cassettes"),
        config.getoption("--dryshot-replay") == "strict",
        config.getoption("--dryshot-fail-unused"),
        config.getoption("--dryshot-max-age"),
    )


def _live(config: pytest.Config, environ: Mapping[str, str]) -> Live:
    for name, use in MISSING.items():
        if not environ.get(name):
            raise pytest.UsageError(f"--dryshot-target=live needs {use}, in the variable {name}")
    option = config.getoption("--dryshot-base-url")
    url: str | None = option or environ.get(URL) or None
    if url is not None:
        url = _checked(url, "--dryshot-base-url" if option else URL)
    submissions = config.getoption("--dryshot-max-submissions")
    return Live(
        environ[KEY],
        environ[INSTANCE],
        url,
        config.getoption("--dryshot-max-qpu-seconds") or 0.0,
        5 if submissions is None else submissions,
    )


def _checked(url: str, name: str) -> str:
    try:
        parts = urlsplit(url)
        fine = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        fine = False
    if not fine or parts.query or parts.fragment or parts.username is not None:
        raise pytest.UsageError(f"{name} is not a URL such as http://127.0.0.1:8787")
    return url.rstrip("/")


def _not_negative(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not (value >= 0 and math.isfinite(value)):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0")
    return value


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0")
    return int(text)
