"""Making a runtime: with which key, version, authentication and client."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from dryshot_client.platform import AsyncRuntime, Runtime
from dryshot_client.platform.iam import IamAuth
from tests.client.platform.stage import (
    CRN,
    IAM_HOST,
    KEY,
    RUNTIME_HOST,
    Network,
    OnMock,
    Scripted,
    answer,
    crn,
)

MakeOnMock = Callable[..., OnMock]
MakeScripted = Callable[..., Scripted]

NO_DEVICES = answer({"devices": []})


def ask(play: OnMock | Scripted) -> Any:
    """Any question that needs an instance."""
    return play.do(lambda runtime: runtime.backends.list())


def hosts(network: Network) -> list[str]:
    """Who was asked."""
    return [request.url.host for request in network.requests]


@pytest.mark.parametrize("version", ["2025-01-01", "2026-02-15", "2031-12-31"])
def test_the_version_of_the_api_is_asked_for(scripted: MakeScripted, version: str) -> None:
    network = Network(NO_DEVICES)
    ask(scripted(network, api_version=version))
    assert network.asked[0].headers["ibm-api-version"] == version


@pytest.mark.parametrize(
    ("version", "wrong"),
    [
        ("2024-01-01", ValueError),
        ("2024-12-31", ValueError),
        ("", ValueError),
        ("latest", ValueError),
        ("2026-4-15", ValueError),
        ("2026-13-01", ValueError),
        ("2026-02-30", ValueError),
        ("2026-04-15\n", ValueError),
        ("２０２６-04-15", ValueError),  # noqa: RUF001 - digits, but not ASCII's
        (20260415, TypeError),
        (None, TypeError),
    ],
)
def test_a_version_that_is_too_old_or_garbled_is_refused(
    kind: str, version: Any, wrong: type[Exception]
) -> None:
    with pytest.raises(wrong, match="api_version"):
        Scripted(kind, Network(NO_DEVICES), api_version=version)


def test_an_auth_that_is_shared_asks_for_one_token(kind: str) -> None:
    network = Network(NO_DEVICES)
    auth = IamAuth(KEY)
    for place in range(2):
        ask(Scripted(kind, network, auth=auth, instance=crn(place)))
    assert hosts(network) == [IAM_HOST, RUNTIME_HOST, RUNTIME_HOST]


def test_an_auth_is_shared_between_the_kinds() -> None:
    network = Network(NO_DEVICES)
    auth = IamAuth(KEY)
    for kind in ("sync", "async"):
        ask(Scripted(kind, network, auth=auth))
    assert len(network.tokens) == 1


@pytest.mark.parametrize("name", ["api_key", "iam_url", "account_name"])
def test_an_auth_takes_the_place_of_what_else_there_is(kind: str, name: str) -> None:
    with pytest.raises(ValueError, match=f"{name} is given, and auth as well"):
        Scripted(kind, Network(NO_DEVICES), auth=IamAuth(KEY), **{name: "x"})


def test_an_auth_is_ours(kind: str) -> None:
    with pytest.raises(TypeError, match="auth is BasicAuth, not an IamAuth"):
        Scripted(kind, Network(NO_DEVICES), auth=httpx.BasicAuth("a", "b"))


def test_without_a_key_there_is_no_runtime(kind: str) -> None:
    with pytest.raises(ValueError, match="there is no API key"):
        Scripted(kind, Network(NO_DEVICES), api_key=None)


def test_the_environment_has_what_the_arguments_have_not(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QISKIT_IBM_TOKEN", "keyfromenvironment")
    monkeypatch.setenv("QISKIT_IBM_INSTANCE", crn(3))
    monkeypatch.setenv("QISKIT_IBM_URL", "https://example.org")
    monkeypatch.setenv("IAM_URL", f"https://{IAM_HOST}")
    network = Network(NO_DEVICES)
    ask(Scripted(kind, network, api_key=None, instance=None))
    assert hosts(network) == [IAM_HOST, "quantum.example.org"]
    assert b"apikey=keyfromenvironment" in network.requests[0].content
    assert network.asked[0].headers["service-crn"] == crn(3)


def test_the_account_file_is_the_last_place_that_is_looked_at(kind: str, tmp_path: Path) -> None:
    file = tmp_path / "accounts.json"
    account = {"channel": "ibm_quantum_platform", "token": "keyfromfile", "instance": crn(4)}
    file.write_text(json.dumps({"mine": account}), encoding="utf-8")
    network = Network(NO_DEVICES)
    ask(Scripted(kind, network, api_key=None, instance=None, account_file=file))
    assert b"apikey=keyfromfile" in network.requests[0].content
    assert network.asked[0].headers["service-crn"] == crn(4)


def test_a_client_that_is_passed_in_stays_open(kind: str) -> None:
    network = Network(NO_DEVICES)
    transport = httpx.MockTransport(network)
    if kind == "sync":
        with httpx.Client(transport=transport) as client:
            with Runtime(api_key=KEY, instance=CRN, account_file=None, client=client) as runtime:
                runtime.backends.list()
            assert not client.is_closed
        return

    async def main() -> None:
        async with httpx.AsyncClient(transport=transport) as client:
            async with AsyncRuntime(
                api_key=KEY, instance=CRN, account_file=None, client=client
            ) as runtime:
                await runtime.backends.list()
            assert not client.is_closed

    asyncio.run(main())


def test_a_client_that_is_made_here_is_closed_here(kind: str) -> None:
    play = Scripted(kind, Network(NO_DEVICES))

    async def leave(runtime: AsyncRuntime) -> None:
        async with runtime:
            await runtime.backends.list()

    if isinstance(play.runtime, Runtime):
        with play.runtime as runtime:
            runtime.backends.list()
    else:
        play.do(leave)
    with pytest.raises(RuntimeError, match="closed"):
        ask(play)


def test_a_client_s_own_headers_auth_and_redirects_do_not_meddle(kind: str) -> None:
    network = Network(NO_DEVICES)
    make: Any = httpx.Client if kind == "sync" else httpx.AsyncClient
    client = make(
        transport=httpx.MockTransport(network),
        headers={"x-own": "1", "authorization": "Bearer own"},
        auth=("user", "password"),
        params={"own": "1"},
        cookies={"own": "1"},
        follow_redirects=True,
    )
    ask(Scripted(kind, network, client=client))
    token, question = network.requests
    assert question.headers["authorization"] == f"Bearer {network.tokens[0]}"
    assert question.headers["x-own"] == "1"
    assert not {"x-own", "authorization", "cookie"} & set(token.headers)
    assert KEY not in repr(dict(question.headers)) + str(question.url)


def test_a_client_and_a_transport_are_one_too_many(kind: str) -> None:
    make: Any = httpx.Client if kind == "sync" else httpx.AsyncClient
    with pytest.raises(ValueError, match="transport is for the client made here"):
        Scripted(
            kind,
            Network(NO_DEVICES),
            client=make(),
            transport=httpx.MockTransport(Network(NO_DEVICES)),
        )


def test_the_repr_says_where_and_for_whom(kind: str) -> None:
    play = Scripted(kind, Network(NO_DEVICES), instance="mine")
    name = "Runtime" if kind == "sync" else "AsyncRuntime"
    assert repr(play.runtime) == f"<{name} https://quantum.cloud.ibm.com/api/v1 instance='mine'>"
