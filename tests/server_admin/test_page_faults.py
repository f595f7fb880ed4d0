"""The page sets faults, plays scenarios, and shows what came of them."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

import pytest

from tests.server_admin.browser import CHROMIUM, Sight, browser
from tests.server_admin.rooms import Pair, classic, submit

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.skipif(
    CHROMIUM is None or importlib.util.find_spec("playwright") is None,
    reason="the page is tested in Chromium, driven by playwright; one of them is not installed",
)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as started:
        yield started


@pytest.fixture
def sight(chromium: Browser, place: str) -> Iterator[Sight]:
    """The page, open; in the end no other host was asked."""
    with closing(chromium.new_page(viewport={"width": 1280, "height": 860})) as page:
        seen = Sight(page)
        page.goto(f"{place}/_dryshot/")
        page.wait_for_selector("#link[data-state=live]")
        page.wait_for_selector("#fault-kind option[value=fail]", state="attached")
        yield seen
        assert seen.hosts == {urlsplit(place).netloc}


def test_a_fault_is_set_seen_to_act_and_removed_by_the_keyboard_alone(
    sight: Sight, tenancy: Pair
) -> None:
    page, keys = sight.page, sight.page.keyboard
    page.focus("#fault-operation")
    keys.type("create_job")
    keys.press("Tab")
    keys.press("Control+a")
    keys.press("Delete")  # no number of times: for ever
    page.focus("[data-field=status]")
    keys.type("503")
    keys.press("Enter")
    page.wait_for_selector("#status:text('The fault is set')", state="attached")
    page.wait_for_selector("[data-set='faults/1']:has-text('for ever')")
    assert page.inner_text("#faults-count") == "1 faults, 0 troubles"
    with tenancy.client("alice") as http:
        headers = classic(http)
        assert submit(http, headers).status_code == 503
        page.wait_for_selector("#exchanges tr:has-text('503') .tag.fault:text('fail 503')")
        page.wait_for_selector("[data-set='faults/1'] .hits:text-is('1')")
        page.click("[data-sequence='2']")
        page.wait_for_selector("#exchange:has-text('struck by fail 503')")
        page.focus("[data-remove='faults/1']")
        keys.press("Enter")
        page.wait_for_selector("#faults-empty", state="visible")
        page.wait_for_selector("#status:text('fail 503 was removed')", state="attached")
        assert page.evaluate("() => document.activeElement.id") == "faults-title"
        assert submit(http, headers).status_code == 200
    page.wait_for_selector("[data-sequence='3']")
    assert page.locator(".tag.fault").count() == 1
    assert sight.complaints == []


def test_each_kind_has_its_own_fields_and_a_wrong_value_is_told(
    sight: Sight, tenancy: Pair
) -> None:
    page = sight.page
    page.select_option("#fault-kind", "timeout")
    assert page.locator("[data-field]").evaluate_all(
        "all => all.map(one => one.dataset.field)"
    ) == [
        *("when", "phase", "seconds"),
    ]
    page.select_option("#fault-kind", "delay")
    page.fill("[data-field=uniform]", "1, 2.5")
    page.fill("#fault-nth", "3")
    page.click("#fault button")
    page.wait_for_selector("[data-set='faults/1']")
    (fault,) = tenancy.mock("alice").faults
    assert fault.to_json() == {"kind": "delay", "uniform": [1, 2.5], "nth": [3]}
    page.select_option("#fault-kind", "fail")
    page.fill("[data-field=status]", "200")
    page.click("#fault button")
    page.wait_for_selector("#trouble:has-text('status is 200; it is a whole number')")
    assert len(tenancy.mock("alice").faults) == 1


def test_a_scenario_is_played_and_all_of_it_ended(sight: Sight, tenancy: Pair) -> None:
    page = sight.page
    page.select_option("#scenario-name", "quota-exhausted")
    assert "used up its time" in page.inner_text("#scenario-about")
    page.click("#scenario button")
    page.wait_for_selector("[data-set='trouble/1']:has-text('exhaust_usage')")
    with tenancy.client("alice") as http:
        headers = classic(http)
        assert submit(http, headers).status_code == 403
        page.select_option("#scenario-name", "lost-responses")
        page.click("#scenario button")
        page.wait_for_selector("#faults-count:text('2 faults, 1 troubles')")
        page.click("#faults-clear")
        page.wait_for_selector("#faults-empty", state="visible")
        assert page.is_disabled("#faults-clear")
        assert submit(http, headers).status_code == 200
    assert sight.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_accessible_in_light_and_dark_and_fits_a_narrow_screen(
    sight: Sight, tenancy: Pair, scheme: Literal["light", "dark"]
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    page = sight.page
    page.emulate_media(color_scheme=scheme)
    tenancy.mock("alice").play(["flaky network", "session storm"])
    tenancy.mock("alice").faults.fail(500, operation="login_with_token")
    with tenancy.client("alice") as http:
        http.get("https://runtime-us-east.quantum-computing.ibm.com/programs")
    page.wait_for_selector("[data-set='trouble/10']")
    page.wait_for_selector(".tag.fault")
    for width in (1280, 380):
        page.set_viewport_size({"width": width, "height": 860})
        found = axe.Axe().run(page)
        wrong = [(one["id"], one["nodes"][0]["html"]) for one in found.response["violations"]]
        assert wrong == []
        assert page.evaluate("() => document.documentElement.scrollWidth") <= width
