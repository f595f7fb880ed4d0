from __future__ import annotations

import importlib.util
from contextlib import closing

import httpx
import pytest

from tests.server_admin.browser import CHROMIUM, Sight, browser
from tests.server_admin.rooms import Pair, classic, submit


def statuses(answer: httpx.Response, operation: str) -> dict[str, int]:
    assert answer.status_code == 200, answer.text
    rows = {one["operation"]: one["statuses"] for one in answer.json()["operations"]}
    return {one["status"]: one["times"] for one in rows[operation] if one["times"]}


def test_each_tenant_has_a_coverage_and_all_have_one(api: httpx.Client, tenancy: Pair) -> None:
    for name in ("alice", "bob"):
        with tenancy.client(name) as http:
            submit(http, classic(http))
    key = "legacy-runtime.create_job"
    assert statuses(api.get("/coverage", params={"tenant": "alice"}), key) == {"200": 1}
    assert statuses(api.get("/coverage"), key) == {"200": 2}
    with tenancy.client("alice") as http:
        submit(http, classic(http), params="wrong")
    assert statuses(api.get("/coverage", params={"tenant": "alice"}), key) == {"200": 1, "400": 1}
    assert api.get("/coverage", params={"tenant": "carol"}).status_code == 404


@pytest.mark.skipif(
    CHROMIUM is None or importlib.util.find_spec("playwright") is None,
    reason="the page is tested in Chromium, driven by playwright; one of them is not installed",
)
def test_the_page_shows_it_live(place: str, tenancy: Pair) -> None:
    with browser() as chromium, closing(chromium.new_page()) as page:
        seen = Sight(page)
        page.goto(f"{place}/_dryshot/")
        page.wait_for_selector("#link[data-state=live]")
        assert page.inner_text("#coverage-percent") == ""
        page.click("#coverage-all > summary")
        page.wait_for_selector("#coverage-notes:has-text('No operation')")
        with tenancy.client("alice") as http:
            submit(http, classic(http))
        page.wait_for_selector(
            "#coverage tr:has-text('legacy-runtime.create_job'):has-text('200 (1)')"
        )
        assert "% of statuses" in page.inner_text("#coverage-percent")
        assert seen.complaints == []
