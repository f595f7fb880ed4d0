"""What a user of the client sees: imports, types, help."""

from __future__ import annotations

import inspect
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, assert_type

import pytest

import dryshot_client
from dryshot_client import AsyncLegacyRuntime, LegacyRuntime
from dryshot_client.legacy.shapes import CreatedJob, Job

if TYPE_CHECKING:
    # Read by the type checker only: both kinds of runtime have exact types.
    def blocking_types(runtime: LegacyRuntime) -> None:
        assert_type(runtime.log_in(), None)
        assert_type(runtime.backends.list(), list[str])
        assert_type(runtime.jobs.create(program="sampler", backend="b"), CreatedJob)
        assert_type(runtime.jobs.get("j1", exclude_params=True), Job)
        assert_type(runtime.jobs.list(limit=1), Iterator[Job])
        assert_type(runtime.jobs.logs("j1"), str)
        runtime.jobs.get(1)  # type: ignore[arg-type]  # shows that arguments are checked
        runtime.jobs.create(program="s")  # type: ignore[call-arg]  # the same

    async def asynchronous_types(runtime: AsyncLegacyRuntime) -> None:
        assert_type(await runtime.log_in(), None)
        assert_type(await runtime.jobs.get("j1"), Job)
        assert_type(runtime.jobs.list(limit=1), AsyncIterator[Job])


def run(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout.strip()


def test_importing_it_loads_nothing_but_httpx_and_the_standard_library() -> None:
    code = (
        "import sys, httpx; before = set(sys.modules); import dryshot_client; "
        "print(*sorted(set(sys.modules) - before))"
    )
    loaded = {name.partition(".")[0] for name in run(code).split()}
    assert "dryshot_client" in loaded
    assert loaded - sys.stdlib_module_names == {"dryshot_client"}
    assert "asyncio" not in loaded


def test_blocking_use_needs_no_event_loop() -> None:
    code = (
        "import sys, httpx, dryshot_client\n"
        "reply = lambda _: httpx.Response(200, json={'id': 't', 'devices': ['b']})\n"
        "with dryshot_client.LegacyRuntime(\n"
        "    api_token='t', transport=httpx.MockTransport(reply)) as runtime:\n"
        "    runtime.backends.list()\n"
        "print(*(name for name in ('anyio', 'dryshot') if name in sys.modules))"
    )
    assert run(code) == ""


def test_everything_public_is_there() -> None:
    assert sorted(dryshot_client.__all__) == dryshot_client.__all__
    for name in dryshot_client.__all__:
        assert getattr(dryshot_client, name).__doc__


@pytest.mark.parametrize("kind", [LegacyRuntime, AsyncLegacyRuntime])
@pytest.mark.parametrize(
    ("resource", "names"),
    [
        (
            "programs",
            {"list", "get", "upload", "update", "replace_data", "publish", "hide", "delete"},
        ),
        ("backends", {"list", "configuration", "properties", "defaults", "status"}),
        (
            "jobs",
            {
                "create", "get", "list", "wait", "results", "logs", "metrics", "cancel", "delete",
                "replace_tags", "interim_results", "transpiled_circuits",
            },
        ),
        ("sessions", {"open", "create", "get", "extended", "update", "close"}),
        ("instances", {"list", "hubs", "usage"}),
        ("workloads", {"list"}),
        ("analytics", {"usage", "usage_grouped", "usage_grouped_by_date", "filters"}),
        ("account", {"user", "runtime_user", "validate", "revoke", "version", "health"}),
        ("facade", {"create", "list", "job_type", "tags"}),
    ],
)  # fmt: skip
def test_every_method_has_help_and_a_signature(
    kind: type[LegacyRuntime | AsyncLegacyRuntime], resource: str, names: set[str]
) -> None:
    part = getattr(kind(api_token="t"), resource)
    assert {name for name in dir(part) if not name.startswith("_")} == names
    for name in names:
        method = getattr(part, name)
        assert inspect.getdoc(method)
        assert "args" not in inspect.signature(method).parameters
        assert "self" not in inspect.signature(method).parameters
