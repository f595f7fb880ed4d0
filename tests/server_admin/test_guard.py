from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from dryshot.server.admin import Admin, application
from tests.server_admin.rooms import HEADERS, TOKEN, Pair

HERE = "http://127.0.0.1:8787"


def ask(
    admin: Admin,
    path: str,
    headers: dict[str, str] | None = None,
    *,
    method: str = "GET",
    base: str = HERE,
    client: tuple[str, int] = ("127.0.0.1", 5000),
) -> httpx.Response:
    async def run() -> httpx.Response:
        transport = httpx.ASGITransport(admin, client=client)
        async with httpx.AsyncClient(transport=transport, base_url=base) as http:
            return await http.request(method, f"/_dryshot{path}", headers=headers)

    return asyncio.run(run())


@pytest.mark.parametrize(
    "base",
    [HERE, "http://localhost:8787", "http://[::1]:8787", "http://127.8.9.1", "http://LOCALHOST"],
)
def test_loopback_names_are_answered(admin: Admin, base: str) -> None:
    assert ask(admin, "/", base=base).status_code == 200
    assert ask(admin, "/api/tenants", HEADERS, base=base).status_code == 200


@pytest.mark.parametrize(
    "base",
    [
        "http://evil.example:8787",
        "http://127.0.0.1.evil.example",
        "http://localhost.evil.example",
        "http://192.168.1.4:8787",
        "http://0.0.0.0:8787",
    ],
)
def test_a_name_that_someone_points_at_this_machine_is_refused(admin: Admin, base: str) -> None:
    for path in ("/", "/api/health", "/api/tenants", "/specs/admin.json", "/static/main.js"):
        answer = ask(admin, path, HEADERS, base=base)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "forbidden")
        assert TOKEN not in answer.text


@pytest.mark.parametrize("host", ["", "[", "[::1", "a b", "127.0.0.1@evil.example", "evil#"])
def test_an_odd_host_header_is_refused(admin: Admin, host: str) -> None:
    assert ask(admin, "/", {"host": host}).status_code == 403


@pytest.mark.parametrize(
    "origin",
    ["null", "http://evil.example", "http://127.0.0.1:9999", "https://127.0.0.1:8787", "x"],
)
def test_another_origin_can_neither_read_nor_write(admin: Admin, origin: str) -> None:
    for method, path in (("GET", "/api/tenants"), ("POST", "/api/reset"), ("GET", "/")):
        answer = ask(admin, path, HEADERS | {"Origin": origin}, method=method)
        assert answer.status_code == 403
        assert TOKEN not in answer.text


def test_the_own_origin_is_answered_and_none_is_ever_allowed_more(admin: Admin) -> None:
    answer = ask(admin, "/api/tenants", HEADERS | {"Origin": HERE, "Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 200
    asked = {"Origin": "http://evil.example", "Access-Control-Request-Method": "POST"}
    answers = [answer, ask(admin, "/api/reset", asked, method="OPTIONS")]
    assert not [name for one in answers for name in one.headers if "access-control" in name]
    assert answers[1].status_code == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_what_a_browser_calls_another_site_is_refused_even_with_the_token(
    admin: Admin, site: str
) -> None:
    answer = ask(admin, "/api/health", HEADERS | {"Sec-Fetch-Site": site})
    assert answer.status_code == 403


@pytest.mark.parametrize("path", ["/", "/docs", "/static/main.js", "/api/health", "/api/nothing"])
def test_every_answer_has_the_headers_that_keep_it_safe(admin: Admin, path: str) -> None:
    headers = ask(admin, path, HEADERS).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert "set-cookie" not in headers


def test_only_the_page_carries_the_token(admin: Admin) -> None:
    assert TOKEN in ask(admin, "/").text
    paths = ["/docs", "/static/main.js", "/static/page.css", "/specs/admin.json", "/api/health"]
    for path in paths:
        answer = ask(admin, path)
        assert answer.status_code == 200
        assert TOKEN not in answer.text


@pytest.mark.parametrize(
    "path",
    ["/static/index.html", "/static/../api.py", "/specs/nothing.json", "/viewer/x", "/x/main.js"],
)
def test_no_other_file_is_given(admin: Admin, path: str) -> None:
    assert ask(admin, path).status_code == 404


def test_another_machine_is_answered_only_where_that_was_wanted() -> None:
    far: dict[str, Any] = {"client": ("192.168.1.9", 5000), "base": "http://box.lan:8787"}
    spoofed = far | {"base": HERE}
    assert ask(application(Pair(), token=TOKEN), "/api/health", **spoofed).status_code == 403
    admin = application(Pair(), token=TOKEN, hosts=["box.lan"])
    assert ask(admin, "/api/tenants", HEADERS, **far).status_code == 200
    assert ask(admin, "/", **far).status_code == 401
    assert ask(admin, "/", **spoofed).status_code == 401
    page = ask(admin, f"/?token={TOKEN}", **far)
    assert (page.status_code, TOKEN in page.text) == (200, True)


def test_the_page_is_found_without_the_last_stroke_and_cannot_be_written(admin: Admin) -> None:
    assert ask(admin, "").headers["location"] == "/_dryshot/"
    assert ask(admin, "/", method="POST").status_code == 405
