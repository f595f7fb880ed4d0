"""A recorded classic user is nobody afterwards, at either host that tells of him."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import httpx
import pytest

from dryshot.mock import Mock
from dryshot.recording.recorder import Recorder
from dryshot.recording.redaction import find_secrets, redact
from tests.dialects.classic import AUTH, RUNTIME, log_in

WHEN = datetime(2023, 9, 11, tzinfo=UTC)
PERSONAL = ("id", "email", "username", "firstName", "lastName", "institution")


@pytest.mark.parametrize(
    ("base", "operation"),
    [(AUTH, "legacy-auth.get_user"), (RUNTIME, "legacy-runtime.get_runtime_user")],
)
def test_no_name_address_or_id_of_a_user_is_left(base: str, operation: str) -> None:
    recorder = Recorder()
    with httpx.Client(transport=recorder.transport(Mock().transport())) as http:
        login = log_in(http, "a token of somebody")
        http.headers["x-access-token"] = login["id"]
        known = http.get(f"{base}/users/me").json()
        assert http.get(f"{RUNTIME}/workloads/me").status_code == 200
    cassette = redact(recorder.interactions, recorded=WHEN)
    (one,) = cassette.of(operation)
    told = json.loads(one.response.body)
    assert told.keys() == known.keys()
    assert [name for name in PERSONAL if told[name] == known[name]] == []
    text = b"".join(one.response.body + one.request.body for one in cassette.interactions)
    personal = [known[name] for name in PERSONAL if name != "firstName"]
    assert [word for word in [*personal, login["id"]] if word.encode() in text] == []
    assert find_secrets(text.decode()) == []
