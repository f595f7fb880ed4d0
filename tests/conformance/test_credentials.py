from __future__ import annotations

from typing import Any

import pytest

from dryshot import Account, Mock
from tests.conformance.stage import asked, connect

runtime = pytest.importorskip("qiskit_ibm_runtime", reason="needs the extra sdk")

# SDK and mock compare a token with different clocks: in this year the SDK finds it fresh
FAR = "2900-01-01T00:00:00Z"


def test_an_unknown_key_is_refused() -> None:
    with (
        Mock(accounts=[Account("mine")]).activate() as mock,
        pytest.raises(runtime.accounts.InvalidAccountError, match="valid API token"),
    ):
        connect(token="not mine")
    assert {exchange.response.status for exchange in mock.journal.of("create_token")} == {400}


def test_a_key_that_no_token_is_given_for_is_not_authorized(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with Mock(accounts=[Account("mine")]).activate():
        one, other = (item["crn"] for item in connect(token="mine").instances())
        monkeypatch.setenv("QISKIT_FUNCTIONS_EXPERIMENTAL", "1")  # it does not look for instances
        with pytest.warns(UserWarning, match="API Key will be used instead"):
            service = connect(token="not mine", instance=one)
        with (
            pytest.warns(UserWarning, match="API Key will be used instead"),
            pytest.raises(runtime.IBMNotAuthorizedError, match="1219"),
        ):
            # a second try for the same instance would wait a minute for another token
            service.jobs(instance=other)


def test_a_token_that_looks_old_is_renewed_for_each_call() -> None:
    with Mock().activate() as mock:
        service = connect(instance="premium-instance")
        for _ in range(2):
            before = len(mock.journal)
            service.usage()
            *renewals, last = asked(mock, before)
            assert last == "get_usage"
            assert set(renewals) == {"create_token"}
            mock.clock.advance(4000)


def test_a_token_is_kept_while_it_is_fresh() -> None:
    with Mock(clock=FAR).activate() as mock:
        service = connect(instance="premium-instance")
        before = len(mock.journal)
        service.usage()
        service.usage()
    assert asked(mock, before) == ["get_usage"] * 2


def test_an_expired_token_is_not_authorized() -> None:
    with Mock(clock=FAR).activate() as mock:
        service = connect(instance="premium-instance")
        mock.clock.advance(4000)
        with pytest.raises(runtime.IBMNotAuthorizedError, match="1219"):
            service.usage()
        assert connect(instance="premium-instance").usage()


def test_a_revoked_token_is_not_authorized() -> None:
    with Mock(clock=FAR).activate() as mock:
        service = connect(instance="premium-instance")
        service.usage()
        mock.world.platform.revoke(bearer(mock))
        with pytest.raises(runtime.IBMNotAuthorizedError, match="1219"):
            service.jobs()


def bearer(mock: Mock) -> Any:
    *_, last = mock.journal.of("get_usage")
    return last.request.headers["authorization"].removeprefix("Bearer ")
