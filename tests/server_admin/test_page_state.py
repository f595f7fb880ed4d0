"""The page saves the state of all tenants, and takes one that was saved."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from dryshot.server.admin import application
from dryshot.server.tenants import Tenants
from dryshot.server.transfer import export_state
from tests.server_admin.browser import CHROMIUM, Sight, browser
from tests.server_admin.rooms import TOKEN
from tests.server_state.stage import User, kept, virtual
from tests.serving import served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Dialog

pytestmark = pytest.mark.skipif(
    CHROMIUM is None or importlib.util.find_spec("playwright") is None,
    reason="the page is tested in Chromium, driven by playwright; one of them is not installed",
)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as started:
        yield started


@pytest.fixture
def tenants(tmp_path: Path) -> Iterator[Tenants]:
    with kept(tmp_path / "state", virtual()) as found:
        with closing(User(found, "a key").log_in()) as user:
            user.submit(tags=["blue"])
        yield found


@pytest.fixture
def sight(chromium: Browser, tenants: Tenants) -> Iterator[Sight]:
    """The page, open; no other host was asked in the end."""
    admin = application(tenants, token=TOKEN, heartbeat=0.2)
    page = chromium.new_page()
    # The browser is told of it without being waited for, so long before one is opened.
    page.on("filechooser", lambda _: None)
    with served(admin) as address, closing(page):
        try:
            seen = Sight(page)
            page.goto(f"http://{address}/_dryshot/")
            page.wait_for_selector("#link[data-state=live]")
            yield seen
            assert seen.hosts - {""} == {urlsplit(page.url).netloc}
        finally:
            admin.close()


def another(tmp_path: Path, seed: int = 0) -> Path:
    """A state that was exported elsewhere."""
    with (
        kept(tmp_path / "another", virtual(seed=seed)) as tenants,
        closing(User(tenants, "another key").log_in()) as user,
    ):
        user.submit(tags=["red"])
    file = tmp_path / "another.json"
    file.write_text(json.dumps(export_state(tmp_path / "another")))
    return file


def choose(sight: Sight, file: Path) -> None:
    """By the keyboard alone."""
    sight.page.focus("#import")
    with sight.page.expect_file_chooser() as chooser:
        sight.page.keyboard.press("Enter")
    chooser.value.set_files(file)


def test_the_state_is_saved_as_a_file(sight: Sight, tenants: Tenants, tmp_path: Path) -> None:
    sight.page.focus("#export")
    with sight.page.expect_download() as download:
        sight.page.keyboard.press("Enter")
    assert download.value.suggested_filename == "dryshot-state.json"
    download.value.save_as(tmp_path / "saved")
    saved = json.loads((tmp_path / "saved").read_bytes())
    assert [one["name"] for one in saved["tenants"]] == tenants.names()
    assert TOKEN not in json.dumps(saved)
    sight.page.wait_for_selector("#status:text('The state was exported')", state="attached")
    assert sight.page.evaluate("() => document.activeElement.id") == "export"
    assert sight.complaints == []


def test_a_saved_state_takes_the_place_of_all_tenants(
    sight: Sight, tenants: Tenants, tmp_path: Path
) -> None:
    sight.page.wait_for_selector("#jobs .tag:text('blue')")
    (before,) = tenants.names()
    asked: list[str] = []

    def agree(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.accept()

    sight.page.once("dialog", agree)
    choose(sight, another(tmp_path))
    sight.page.wait_for_selector("#jobs .tag:text('red')")
    sight.page.wait_for_selector("#status:has-text('imported: 1 tenants')", state="attached")
    assert asked == [
        "Forget everything of all tenants, and take the state in another.json instead?"
    ]
    assert sight.page.locator("#jobs .tag:text('blue')").count() == 0
    (name,) = tenants.names()
    assert name != before
    assert sight.page.locator("#tenant option").all_inner_texts() == [name]


def test_who_thinks_again_keeps_what_there_is(
    sight: Sight, tenants: Tenants, tmp_path: Path
) -> None:
    before = tenants.names()
    sight.page.once("dialog", lambda dialog: dialog.dismiss())
    choose(sight, another(tmp_path))
    sight.page.wait_for_selector("#import:focus:enabled")
    assert tenants.names() == before
    assert sight.complaints == []


def test_what_is_refused_says_why_and_changes_nothing(
    sight: Sight, tenants: Tenants, tmp_path: Path
) -> None:
    before = tenants.names()
    sight.page.on("dialog", lambda dialog: dialog.accept())
    choose(sight, another(tmp_path, seed=3))
    sight.page.wait_for_selector("#trouble:has-text('seed = 3, not 0')")
    (tmp_path / "notes.json").write_text("my notes")
    sight.page.wait_for_selector("#import:focus:enabled")
    choose(sight, tmp_path / "notes.json")
    sight.page.wait_for_selector("#trouble:has-text('not JSON')")
    assert tenants.names() == before
    assert sight.page.locator("#jobs .tag:text('blue')").count() == 1
