"""Errors: which one, what it says, what it carries."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

import dryshot_client
from dryshot_client import (
    AuthenticationError,
    Conflict,
    ConnectionFailed,
    DryshotClientError,
    InvalidRequest,
    JobCancelled,
    JobFailed,
    JobTimeout,
    LegacyRuntime,
    NotFound,
    PermissionDenied,
    RateLimited,
    ResultsNotReady,
    RuntimeApiError,
    ServerError,
)
from dryshot_client import errors as module
from dryshot_client.replies import read_error
from tests.client.stage import API_TOKEN, Network, Stage, answer, job

OnStage = Callable[..., Stage]


def error_of(response: httpx.Response) -> RuntimeApiError:
    response.request = httpx.Request("GET", "https://runtime.example/jobs/j1")
    return read_error(response, "/jobs/j1", ())


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (302, RuntimeApiError),
        (400, InvalidRequest),
        (401, AuthenticationError),
        (402, RuntimeApiError),
        (403, PermissionDenied),
        (404, NotFound),
        (405, InvalidRequest),
        (409, Conflict),
        (413, InvalidRequest),
        (422, InvalidRequest),
        (423, RuntimeApiError),
        (429, RateLimited),
        (500, ServerError),
        (503, ServerError),
        (524, ServerError),
    ],
)
def test_each_status_has_its_error(status: int, kind: type[RuntimeApiError]) -> None:
    error = error_of(httpx.Response(status))
    assert type(error) is kind
    assert (error.method, error.path, error.status) == ("GET", "/jobs/j1", status)


def test_a_refusal_is_told_in_one_line(stage: OnStage) -> None:
    body = {
        "errors": [
            {
                "code": 1208,
                "message": "backend is required",
                "solution": "Give a backend",
                "more_info": "https://docs.example/errors",
            },
            {"code": 1204, "message": "Too many tags."},
        ],
        "trace": "cn4e4ptp1am0008qbr1g",
    }
    with pytest.raises(InvalidRequest) as caught:
        stage(Network(answer(body, 400))).do(
            lambda runtime: runtime.jobs.create(program="sampler", backend="b")
        )
    error = caught.value
    assert str(error) == "POST /jobs: 400 (1208) backend is required. Give a backend."
    assert error.code == 1208
    assert error.message == "backend is required"
    assert error.solution == "Give a backend"
    assert error.more_info == "https://docs.example/errors"
    assert error.trace == "cn4e4ptp1am0008qbr1g"
    assert error.errors == body["errors"]


def test_the_auth_services_envelope_is_understood() -> None:
    inner = {"statusCode": 401, "name": "ACCEPT_LICENSE_REQUIRED", "message": "Sign", "code": 3444}
    error = error_of(httpx.Response(401, json={"error": inner}))
    assert str(error) == "GET /jobs/j1: 401 (3444) Sign."
    assert error.errors == [inner]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("", "Not Found"),
        ("<html>\n <b>Gone</b>\n</html>", "<html> <b>Gone</b> </html>"),
        ("x" * 1000, "x" * 200),
        ('["a"]', '["a"]'),
        ('{"errors": ["a"]}', '{"errors": ["a"]}'),
        ('{"error": "a"}', '{"error": "a"}'),
        ('{"errors": [{}]}', '{"errors": [{}]}'),
        ("[" * 100_000, "[" * 200),
    ],
    ids=["empty", "html", "long", "list", "texts", "text", "nothing", "deep"],
)
def test_other_bodies_are_the_message_shortened(body: str, message: str) -> None:
    assert error_of(httpx.Response(404, text=body)).message == message


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.sampled_from(["errors", "error", "code"]), inner)
    ),
)


@given(st.integers(300, 599), st.binary() | json_values)
def test_whatever_the_body_an_error_comes_of_it(status: int, body: object) -> None:
    response = (
        httpx.Response(status, content=body)
        if isinstance(body, bytes)
        else httpx.Response(status, json=body)
    )
    error = error_of(response)
    assert str(error).startswith(f"GET /jobs/j1: {status}")
    assert pickle.loads(pickle.dumps(error)).__dict__ == error.__dict__  # noqa: S301 - our own bytes


@given(
    st.dictionaries(
        st.sampled_from(["code", "message", "solution", "more_info"]),
        st.none() | st.integers() | st.text() | st.lists(st.integers()),
    )
)
def test_whatever_an_entry_holds_an_error_comes_of_it(entry: dict[str, object]) -> None:
    error = error_of(httpx.Response(400, json={"errors": [entry]}))
    assert error.errors == [entry]
    assert str(error).startswith("GET /jobs/j1: 400")


EXAMPLES: list[DryshotClientError] = [
    RuntimeApiError("GET", "/jobs", 423, errors=[{"code": 1233, "message": "Reserved"}]),
    RateLimited("GET", "/jobs", 429, message="Slower", trace="t", retry_after=3.0),
    ConnectionFailed("GET", "https://runtime.example/jobs", "ConnectError: refused"),
    ResultsNotReady("j1"),
    JobFailed("j1", "Failed", "Broken", 5203, "text"),
    JobCancelled("j1", "Cancelled", None, None, ""),
    JobTimeout("j1", 5.0, job(), "Running"),
]


@pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize(
    "duplicate",
    [lambda error: pickle.loads(pickle.dumps(error)), copy.copy, copy.deepcopy],  # noqa: S301 - our own bytes
    ids=["pickled", "copied", "deep-copied"],
)
def test_errors_survive_being_written_down(
    error: DryshotClientError, duplicate: Callable[[DryshotClientError], DryshotClientError]
) -> None:
    twin = duplicate(error)
    assert type(twin) is type(error)
    assert twin is not error
    assert (str(twin), twin.args, twin.__dict__) == (str(error), error.args, error.__dict__)


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    drawn = module.__doc__ or ""
    for name in module.__all__:
        assert name in drawn
        assert issubclass(getattr(module, name), DryshotClientError)
        assert getattr(dryshot_client, name) is getattr(module, name)


def test_no_error_has_another_behind_it_but_a_lost_connection() -> None:
    transport = httpx.MockTransport(Network(answer({}, 404)))
    runtime = LegacyRuntime(api_token=API_TOKEN, transport=transport)
    with pytest.raises(NotFound) as caught:
        runtime.jobs.get("j1")
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


@pytest.mark.parametrize("charset", ["hex", "base64", "no-such", "utf-16"])
def test_an_error_in_a_charset_that_is_none_is_read_as_utf_8(
    stage: Callable[..., Stage], charset: str
) -> None:
    refusal = httpx.Response(
        400, headers={"content-type": f"text/plain; charset={charset}"}, content=b"n\xc3\xb6"
    )
    with pytest.raises(InvalidRequest, match="nö"):
        stage(Network(refusal)).do(lambda runtime: runtime.jobs.get("j1"))


def test_fields_of_an_error_of_another_type_are_left_out(stage: Callable[..., Stage]) -> None:
    entry = {"code": [], "message": {"a": 1}, "solution": {}, "more_info": 3}
    refusal = httpx.Response(400, json={"errors": [entry], "trace": 5})
    with pytest.raises(InvalidRequest) as caught:
        stage(Network(refusal)).do(lambda runtime: runtime.jobs.get("j1"))
    error = caught.value
    assert (error.code, error.solution, error.more_info, error.trace) == (None,) * 4
    assert error.errors == [entry]
