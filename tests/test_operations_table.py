"""docs/operations.md is made of the documents, and of what the contract tests saw.

``DRYSHOT_WRITE_TABLE=1 pytest -m heavy tests/test_operations_table.py`` writes it anew.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest

from dryshot.contract import Contract, MethodNotAllowed, NoSuchPath

ROOT = Path(__file__).parents[1]
TABLE = ROOT / "docs" / "operations.md"
NAMES = sorted(path.stem for path in (ROOT / "mockserver" / "dryshot" / "specs").glob("*.json"))

PREFACE = """\
# Operations

Every operation of every document, and every status that it declares. This page is generated: it
shows what the contract tests asked for, and were answered, when they last passed.

- **tested**: a contract test got this answer, and the document allows it
- untested: declared, and no contract test got it
- nothing: not declared

A 405 belongs to every operation of its path. A 404 for a path that does not exist belongs to none.
"""


class Seen(NamedTuple):
    """A status that an operation of a document answered."""

    document: str
    operation: str
    status: str


def attribute(exchanges: Iterable[tuple[str, str, str, int]]) -> Iterator[Seen]:
    """Whose answers they were: of exchanges as (method, host, path, status)."""
    sites = [
        (urlsplit(server), contract)
        for contract in map(Contract.load, NAMES)
        for server in contract.servers
    ]
    sites.sort(key=lambda site: -len(site[0].path))
    for method, host, path, status in exchanges:
        for server, contract in sites:
            if server.hostname == host and path.startswith(f"{server.path}/"):
                for name in operations(contract, method, path.removeprefix(server.path)):
                    yield Seen(contract.name, name, str(status))
                break


def operations(contract: Contract, method: str, path: str) -> list[str]:
    """The operation that is meant, or all of the path if the method is not one of its own."""
    try:
        return [contract.match(method, path).operation.id]
    except MethodNotAllowed as reason:
        return [contract.match(allowed, path).operation.id for allowed in reason.allowed]
    except NoSuchPath:
        return []


def rows(name: str, seen: frozenset[Seen]) -> Iterator[list[str]]:
    """The table of one document, its header first."""
    found = Contract.load(name).operations.values()
    statuses = sorted({status for operation in found for status in operation.answers})
    yield ["operation", "request", *statuses]
    yield ["---"] * (2 + len(statuses))
    for operation in found:
        cells = [cell(operation.answers, Seen(name, operation.id, one), seen) for one in statuses]
        yield [f"`{operation.id}`", f"`{operation.method} {operation.path}`", *cells]


def cell(declared: Iterable[str], one: Seen, seen: frozenset[Seen]) -> str:
    """What is known of one status of one operation."""
    if one.status not in declared:
        return ""
    return "**tested**" if one in seen else "untested"


def render(seen: frozenset[Seen]) -> str:
    """The page."""
    parts = [PREFACE]
    for name in NAMES:
        lines = [" ".join(f"| {text}".rstrip() for text in row) + " |" for row in rows(name, seen)]
        title = Contract.load(name).document["info"]["title"]
        parts.append(f"## {title} (`{name}`)\n\n" + "\n".join(lines) + "\n")
    return "\n".join(parts)


def record(path: Path) -> frozenset[Seen]:
    """What the contract tests see in a process of their own."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "contract_tests"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env=os.environ | {"DRYSHOT_EXCHANGES": str(path)},
    )
    assert done.returncode == 0, done.stdout
    return frozenset(attribute(json.loads(line) for line in path.read_text().splitlines()))


@pytest.mark.heavy  # it runs the contract tests once more; the gate asks for it by name
def test_the_table_of_operations_is_up_to_date(tmp_path: Path) -> None:
    table = render(record(tmp_path / "exchanges.jsonl"))
    if os.environ.get("DRYSHOT_WRITE_TABLE") == "1":
        TABLE.write_text(table, encoding="utf-8")
    again = "run this test with DRYSHOT_WRITE_TABLE=1 and read what changed"
    assert TABLE.read_text(encoding="utf-8") == table, again


def test_an_answer_belongs_to_the_operation_that_was_asked_for() -> None:
    host = "quantum.cloud.ibm.com"
    exchanges = [
        ("GET", host, "/api/v1/jobs/abc", 404),
        ("PATCH", host, "/api/v1/jobs", 405),
        ("GET", host, "/api/v1/nothing", 404),
        ("GET", "api.quantum-computing.ibm.com", "/runtime/jobs/abc", 200),
    ]
    assert set(attribute(exchanges)) == {
        ("platform-runtime", "get_job", "404"),
        ("platform-runtime", "create_job", "405"),
        ("platform-runtime", "list_jobs", "405"),
        ("legacy-runtime", "get_job", "200"),
    }


def test_the_table_tells_what_was_seen_from_what_was_not() -> None:
    page = render(frozenset({Seen("legacy-auth", "logout", "204")}))
    (logout,) = [line for line in page.splitlines() if line.startswith("| `logout`")]
    assert logout.count("**tested**") == 1
    assert logout.count("untested") == 4
    assert page.count("**tested**") == 2  # the other one is the explanation
