import math
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from benchmarks.chart import draw, gain
from benchmarks.results import Report, Row, shown, table, unmeasured

LESS = Row("POST job", 1.25, 1.5, "x", peer="httpx", note="a | b")
MORE = Row("GET <job> & more", 4.0, 6.0, "x", "more", "localqpu")
LOST = unmeasured("beside Prism", 5.0, "x", "more", peer="Prism")
TOLD = Row("memory", None, 1234.5, "KiB")


@pytest.fixture
def report() -> Report:
    made = Report.begin(quick=True)
    made.rooms.update({"one": [LESS, MORE], "two": [LOST, TOLD]})
    made.broken["two"] = "it fell"
    return made


@pytest.mark.parametrize(
    ("row", "verdict"),
    [
        (LESS, (False, "missed")),
        (LESS._replace(measured=1.25), (True, "met")),
        (MORE, (True, "met")),
        (MORE._replace(measured=3.9), (False, "missed")),
        (LOST, (False, "not measured")),
        (TOLD, (True, "told")),
        (TOLD._replace(measured=math.nan), (True, "not measured")),
    ],
)
def test_a_row_knows_its_verdict(row: Row, verdict: tuple[bool, str]) -> None:
    assert (row.met, row.verdict) == verdict


def test_a_report_is_read_as_it_was_written(report: Report, tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    report.write(file)
    assert "NaN" not in file.read_text()
    back = Report.read(file)
    assert back._replace(rooms={}) == report._replace(rooms={})
    assert math.isnan(back.rooms["two"][0].measured)
    assert [str(row) for row in back.rows] == [str(row) for row in report.rows]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"rooms": {"one": [{"name": "x"}]}}'])
def test_a_file_that_is_no_report_is_refused_by_name(text: str, tmp_path: Path) -> None:
    file = tmp_path / "other.json"
    file.write_text(text)
    with pytest.raises(ValueError, match=r"other\.json is not a report of benchmarks"):
        Report.read(file)


def test_what_was_not_measured_counts_as_a_miss_in_a_full_run_only(report: Report) -> None:
    assert report.failures == [LESS]
    assert report._replace(quick=False).failures == [LESS, LOST]


def test_a_table_has_a_line_for_each_row_and_cells_that_do_not_break_it() -> None:
    assert table([LESS, TOLD]).splitlines()[2:] == [
        r"| POST job | ≤ 1.25x | 1.50x | httpx | missed | a \| b |",
        "| memory | - | 1,234 KiB |  | told |  |",
    ]


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (None, "x", "-"),
        (math.nan, "ms", "-"),
        (1.254, "x", "1.25x"),
        (0.0671, "x", "0.067x"),
        (30123.4, "/s", "30,123/s"),
        (8.0, "ms", "8.00 ms"),
    ],
)
def test_a_figure_is_shown_with_its_unit(value: float | None, unit: str, text: str) -> None:
    assert shown(value, unit) == text


def test_a_chart_is_sound_tells_what_it_shows_and_leaves_out_what_has_no_target(
    report: Report,
) -> None:
    chart = ET.fromstring(draw(report))  # noqa: S314 our own
    space = "{http://www.w3.org/2000/svg}"
    assert chart.get("role") == "img"
    assert chart.findtext(f"{space}title") == "dryshot against its targets"
    assert "1 met, 1 missed, 1 not measured, 1 told" in (chart.findtext(f"{space}desc") or "")
    assert [group.findtext(f"{space}title") for group in chart.iter(f"{space}g")] == [
        "POST job: 1.50x (at most 1.25x), missed",
        "GET <job> & more: 6.00x (at least 4.00x), met",
    ]


def test_bars_stand_on_the_side_of_their_verdict(report: Report) -> None:
    chart = ET.fromstring(draw(report))  # noqa: S314 our own
    bars = {bar.get("class"): bar for bar in chart.iter("{http://www.w3.org/2000/svg}rect")}
    missed, met = bars["missed"], bars["met"]
    line = float(met.get("x", ""))
    assert float(missed.get("x", "")) + float(missed.get("width", "")) == pytest.approx(line)
    assert gain(LESS) == pytest.approx(1.25 / 1.5)
    assert gain(MORE) == pytest.approx(1.5)
    assert gain(LESS._replace(measured=0.0)) == math.inf
