from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

import pytest

from dryshot.mounts.asgi import Message, Receive, Send
from tests.dialects.platform import log_in, sampler
from tests.server_admin.browser import CHROMIUM, Sight, browser
from tests.server_admin.rooms import PLATFORM, TOKEN, Pair, classic, submit
from tests.serving import served

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.skipif(
    CHROMIUM is None or importlib.util.find_spec("playwright") is None,
    reason="the page is tested in Chromium, driven by playwright; one of them is not installed",
)

HOSTILE = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as started:
        yield started


@pytest.fixture
def sight(chromium: Browser, place: str) -> Iterator[Sight]:
    """The page, open; in the end nothing was complained of and no other host was asked."""
    page = chromium.new_page(viewport={"width": 1280, "height": 860})
    with closing(page):
        seen = Sight(page)
        page.goto(f"{place}/_dryshot/")
        page.wait_for_selector("#link[data-state=live]")
        yield seen
        assert seen.complaints == []
        assert seen.hosts == {urlsplit(place).netloc}


def text(sight: Sight, selector: str) -> str:
    return str(sight.page.inner_text(selector))


def test_a_job_appears_and_completes_live(sight: Sight, tenancy: Pair) -> None:
    with tenancy.client("alice") as http:
        job = submit(http, classic(http)).json()["id"]
    row = f"tr[data-job={job}]"
    sight.page.wait_for_selector(f"{row}:has-text('Queued')")
    tenancy.mock("alice").clock.advance(60)
    sight.page.wait_for_selector(f"{row}:has-text('Completed')")
    assert "queued 0.5 s, ran 1 s" in text(sight, row)
    assert sight.page.locator(f"{row} .track i").count() == 2
    sight.page.wait_for_selector(f"#status:has-text('job {job}: Completed')", state="attached")


def test_sessions_and_instances_are_shown(sight: Sight, tenancy: Pair) -> None:
    with tenancy.client("alice") as http:
        headers = log_in(http)
        body = {"mode": "dedicated", "backend": "ibm_torino"}
        session = http.post(f"{PLATFORM}/sessions", headers=headers, json=body).json()["id"]
        job = sampler(session_id=session)
        http.post(f"{PLATFORM}/jobs", headers=headers, json=job).raise_for_status()
    tenancy.mock("alice").clock.advance(1)
    sight.page.wait_for_selector(f"tr[data-session='{session}']:has-text('active')")
    sight.page.wait_for_selector("#instances tr:has-text('premium') :text('2 s, no limit')")
    assert sight.page.locator("#instances meter").get_attribute("aria-label")


def test_a_refused_request_shows_what_is_wrong_with_it(sight: Sight, tenancy: Pair) -> None:
    with tenancy.client("alice") as http:
        submit(http, classic(http, "the-secret-key"), params="wrong")
    sight.page.click("[data-sequence='2']")
    sight.page.wait_for_selector("#problems")
    assert "params must be an object, not a string" in text(sight, "#problems")
    assert '"params": "wrong"' in text(sight, "#exchange")
    sight.page.click("[data-sequence='1']")
    sight.page.wait_for_selector("#detail-title:has-text('Exchange 1')")
    assert '"apiToken": "[hidden]"' in text(sight, "#exchange")
    assert "the-secret-key" not in sight.page.content()


def test_the_clock_is_frozen_and_advanced(sight: Sight, tenancy: Pair) -> None:
    clock = tenancy.mock("alice").clock
    sight.page.wait_for_selector("#now:has-text('17:27:45')")
    sight.page.click("#freeze")
    sight.page.wait_for_selector("#freeze[aria-pressed=true]")
    with tenancy.client("alice") as http:
        classic(http)
    assert clock.now().isoformat() == "2023-09-11T17:27:45+00:00"
    sight.page.fill("#amount", "14")
    sight.page.select_option("#unit", label="days")
    sight.page.press("#amount", "Enter")
    sight.page.wait_for_selector("#now:has-text('2023-09-25 17:27:45')")
    assert clock.now().isoformat() == "2023-09-25T17:27:45+00:00"


def test_another_tenants_data_is_not_shown(sight: Sight, tenancy: Pair) -> None:
    jobs = {}
    for name in tenancy.names():
        with tenancy.client(name) as http:
            headers = classic(http, f"the key of {name}")
            jobs[name] = submit(http, headers, tags=[f"of-{name}"]).json()["id"]
    assert jobs["alice"] != jobs["bob"] or "of-bob" not in sight.page.content()
    sight.page.wait_for_selector("#jobs :text('of-alice')")
    assert "of-bob" not in sight.page.content()
    sight.page.select_option("#tenant", "bob")
    sight.page.wait_for_selector("#jobs :text('of-bob')")
    assert "of-alice" not in sight.page.content()
    with tenancy.client("alice") as http:
        submit(http, classic(http), tags=["late-of-alice"])
    with tenancy.client("bob") as http:
        submit(http, classic(http), tags=["late-of-bob"])
    sight.page.wait_for_selector("#jobs :text('late-of-bob')")
    assert "of-alice" not in sight.page.content()


def test_the_journal_is_filtered_and_paused(sight: Sight, tenancy: Pair) -> None:
    with tenancy.client("alice") as http:
        headers = classic(http)
        submit(http, headers, params="wrong")
        sight.page.wait_for_selector("[data-sequence='2']")
        sight.page.fill("#filter", "LOGIN post")
        assert sight.page.locator("#exchanges tr").count() == 1
        assert text(sight, "#count") == "1 of 2"
        sight.page.fill("#filter", "nothing at all")
        assert text(sight, "#journal-empty") == "Nothing fits the filter."
        sight.page.fill("#filter", "")
        sight.page.select_option("#kind", "4")
        assert text(sight, "#exchanges .state") == "400"
        sight.page.select_option("#kind", "")
        sight.page.click("#pause")
        submit(http, headers)
        sight.page.wait_for_selector("#count:has-text('1 held back')")
        assert sight.page.locator("#exchanges tr").count() == 2
        sight.page.click("#pause")
        sight.page.wait_for_selector("[data-sequence='3']")


def test_it_can_be_used_from_the_keyboard(sight: Sight, tenancy: Pair) -> None:
    with tenancy.client("alice") as http:
        submit(http, classic(http))
    sight.page.wait_for_selector("[data-sequence='2']")
    keys = sight.page.keyboard
    keys.press("/")
    assert sight.page.evaluate("() => document.activeElement.id") == "filter"
    sight.page.focus("[data-sequence='2']")
    keys.press("ArrowDown")
    keys.press("Enter")
    sight.page.wait_for_selector("#detail-title:has-text('Exchange 1')")
    assert sight.page.evaluate("() => document.activeElement.id") == "detail-title"
    keys.press("Escape")
    sight.page.wait_for_selector("#detail", state="hidden")
    assert sight.page.evaluate("() => document.activeElement.dataset.sequence") == "1"
    outline = "() => getComputedStyle(document.activeElement).outlineStyle"
    assert sight.page.evaluate(outline) == "solid"
    keys.press("p")
    assert sight.page.get_attribute("#pause", "aria-pressed") == "true"


def test_hostile_text_is_shown_as_text(sight: Sight, tenancy: Pair) -> None:
    with tenancy.client("alice") as http:
        headers = classic(http)
        submit(http, headers, tags=[HOSTILE[:24]]).raise_for_status()
        assert submit(http, headers, params={HOSTILE: HOSTILE}).status_code == 400
        http.get("https://runtime-us-east.quantum-computing.ibm.com/<b>x</b>", headers=headers)
    sight.page.wait_for_selector("#jobs .tag")
    assert text(sight, "#jobs .tag") == HOSTILE[:24]
    sight.page.click("[data-sequence='3']")
    sight.page.wait_for_selector("#exchange pre")
    assert "onerror" in text(sight, "#exchange")
    assert "/<b>x</b>" in text(sight, "#exchanges")
    assert sight.page.locator("main img, main script, main b").count() == 0
    assert sight.page.title() == "dryshot"


def test_a_reset_empties_the_page(sight: Sight, tenancy: Pair) -> None:
    with tenancy.client("alice") as http:
        submit(http, classic(http))
    sight.page.wait_for_selector("#jobs tr")
    sight.page.on("dialog", lambda dialog: dialog.accept())
    sight.page.click("#reset")
    sight.page.wait_for_selector("#jobs-empty", state="visible")
    sight.page.wait_for_selector("#journal-empty", state="visible")
    assert tenancy.mock("alice").journal.last == 0
    with tenancy.client("alice") as http:
        classic(http)
    sight.page.wait_for_selector("[data-sequence='1']")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_accessible_in_light_and_dark_and_fits_a_narrow_screen(
    sight: Sight, tenancy: Pair, scheme: Literal["light", "dark"]
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    sight.page.emulate_media(color_scheme=scheme)
    with tenancy.client("alice") as http:
        submit(http, classic(http), params="wrong", tags=["blue"])
        submit(http, classic(http), tags=["blue"])
        log_in(http)
    sight.page.click("[data-sequence='2']")
    sight.page.wait_for_selector("#problems")
    sight.page.wait_for_selector("#instances tr")
    ground = "() => getComputedStyle(document.body).backgroundColor"
    light = int(sight.page.evaluate(ground).strip("rgb()").split(",")[0]) > 128
    assert light == (scheme == "light")
    for width in (1280, 380):
        sight.page.set_viewport_size({"width": width, "height": 860})
        found = axe.Axe().run(sight.page)
        wrong = [(one["id"], one["nodes"][0]["html"]) for one in found.response["violations"]]
        assert wrong == []
        assert sight.page.evaluate("() => document.documentElement.scrollWidth") <= width


def test_the_documents_are_shown_and_nothing_can_be_sent_from_there(sight: Sight) -> None:
    links = sight.page.locator("#documents a:not(.raw)")
    assert [link.inner_text() for link in links.all()][:2] == ["admin", "legacy-auth"]
    if importlib.util.find_spec("swagger_ui") is None:
        pytest.skip("the viewer of documents is not installed")
    sight.page.click("#documents a:text-is('platform-runtime')")
    sight.page.wait_for_selector(".opblock-summary-path")
    sight.page.click(".opblock-summary-control")
    sight.page.wait_for_selector(".responses-table")
    assert sight.page.locator(".try-out__btn").count() == 0


def test_another_site_in_the_same_browser_can_neither_read_nor_write(
    chromium: Browser, place: str, tenancy: Pair
) -> None:
    page = chromium.new_page()
    tenancy.mock("alice").clock.freeze()
    tries = """async (place) => {
        const tried = [];
        const ways = [
            ["GET", "/", {}], ["GET", "/api/tenants", {}], ["GET", "/api/health", {}],
            ["GET", "/api/tenants", {"X-Dryshot-Token": "TOKEN"}],
            ["POST", "/api/reset", {"X-Dryshot-Token": "TOKEN"}],
            ["POST", "/api/tenants/alice/clock/unfreeze", {}],
        ];
        for (const [method, path, headers] of ways) {
            const options = {method, headers, credentials: "include"};
            tried.push(await fetch(place + "/_dryshot" + path, options)
                .then((answer) => answer.text(), () => "refused"));
        }
        await fetch(place + "/_dryshot/api/reset", {method: "POST", mode: "no-cors", body: "{}"})
            .catch(() => null);
        return tried;
    }""".replace("TOKEN", TOKEN)
    with tenancy.client("alice") as http, closing(page), served(_blank) as elsewhere:
        classic(http)
        page.goto(f"http://{elsewhere}/")
        assert page.evaluate(tries, place) == ["refused"] * 6
        page.evaluate(
            """(place) => new Promise((done) => {
                const frame = document.createElement("iframe");
                frame.onload = done;
                frame.src = place + "/_dryshot/";
                document.body.append(frame);
            })""",
            place,
        )
        assert TOKEN not in "".join(frame.content() for frame in page.frames)
    assert tenancy.mock("alice").journal.last == 1
    assert "frozen" in repr(tenancy.mock("alice").clock)


async def _blank(scope: Message, receive: Receive, send: Send) -> None:
    """Another site: an empty page."""
    if scope["type"] == "lifespan":
        for _ in range(2):
            kind = (await receive())["type"]
            await send({"type": f"{kind}.complete"})
        return
    headers = [(b"content-type", b"text/html")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"<!doctype html><title>x</title>"})
