"""Cassettes on disk: whole, exact, the same each time, and never with a secret."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dryshot.recording.bodies import LARGE
from dryshot.recording.files import read_cassette, write_cassette
from dryshot.recording.problems import CassetteError

from .tapes import LARGE_TEXT, cassette, interaction

KEY = "q7Hk2ZpXw9Lr4TnVb8Yc3Md6Fs1Gj5Ae0Uo7Ix2QaPl9"


@settings(max_examples=30, deadline=None)
@given(bodies=st.lists(st.binary(max_size=300) | st.text(max_size=300).map(str.encode), max_size=4))
def test_bodies_are_kept_byte_for_byte(
    tmp_path_factory: pytest.TempPathFactory, bodies: list[bytes]
) -> None:
    path = tmp_path_factory.mktemp("tape") / "it.yaml"
    made = cassette(*(interaction(body, sent=body) for body in bodies))
    write_cassette(made, path)
    assert read_cassette(path) == made


def test_a_large_body_is_beside_the_cassette_named_by_its_digest(tmp_path: Path) -> None:
    path = tmp_path / "it.yaml"
    large = LARGE_TEXT.encode()
    assert len(large) > LARGE
    made = cassette(interaction(large), interaction(large, sent=large, path="/jobs"))
    write_cassette(made, path)
    (beside,) = (tmp_path / "it.bodies").iterdir()
    assert beside.name == f"{hashlib.sha256(large).hexdigest()[:32]}.gz"
    assert path.stat().st_size < 5000
    assert read_cassette(path) == made


def test_the_same_cassette_gives_the_same_bytes_and_no_other_files(tmp_path: Path) -> None:
    made = cassette(interaction(LARGE_TEXT.encode()), interaction(bytes(range(256))))
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        write_cassette(made, tmp_path / name / "it.yaml")
    names = sorted(path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*"))
    assert len(names) == 3
    for inside in names:
        one, two = tmp_path / "one" / inside, tmp_path / "two" / inside
        assert one.is_dir() or one.read_bytes() == two.read_bytes()


def test_bodies_of_an_earlier_cassette_of_that_name_are_gone(tmp_path: Path) -> None:
    path = tmp_path / "it.yaml"
    write_cassette(cassette(interaction(LARGE_TEXT.encode())), path)
    mine = tmp_path / "it.bodies" / "notes.txt"
    mine.write_text("somebody's own")
    write_cassette(cassette(interaction()), path)
    assert [file.name for file in mine.parent.iterdir()] == ["notes.txt"]


@pytest.mark.parametrize("place", ["header", "body", "large body", "query"])
def test_a_secret_is_not_written_and_not_told(tmp_path: Path, place: str) -> None:
    one = interaction()
    if place == "header":
        headers = {"authorization": f"Bearer {KEY}"}
        one = replace(one, request=replace(one.request, headers=headers))
    elif place == "query":
        one = replace(one, request=replace(one.request, query=f"apikey={KEY}"))
    else:
        more = LARGE_TEXT if place == "large body" else "{}"
        one = interaction(f'{{"apikey":"{KEY}","more":{more}}}'.encode())
    path = tmp_path / "it.yaml"
    write_cassette(cassette(interaction()), path)
    before = path.read_bytes()
    with pytest.raises(
        CassetteError, match=r"it\.yaml: not written.* in interactions\[1\]"
    ) as told:
        write_cassette(cassette(interaction(), one), path)
    assert KEY not in str(told.value)
    assert [file.name for file in tmp_path.iterdir()] == ["it.yaml"]
    assert path.read_bytes() == before


def test_a_secret_in_the_provenance_is_not_written(tmp_path: Path) -> None:
    made = replace(cassette(interaction()), provenance=f"made with Bearer {KEY}")
    with pytest.raises(CassetteError, match="in the dryshot section"):
        write_cassette(made, tmp_path / "it.yaml")
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(CassetteError, match=r"nowhere/it\.yaml: cannot be written: No such file"):
        write_cassette(cassette(interaction()), tmp_path / "nowhere" / "it.yaml")


WRONG = {
    "an instant": (
        "at: '2026-03-01T12:00:00.000000Z'",
        "at: soon",
        r":28: interactions\[0\]\.dryshot\.at: should",
    ),
    "a status": (
        "code: 200",
        "code: OK",
        r":\d+: interactions\[0\]\.response\.status\.code: should",
    ),
    "a URL": ("uri: https://", "uri: ftp://", r":\d+: interactions\[0\]\.request\.uri: should be"),
    "a newer format": (
        "format: 1",
        "format: 2",
        r":3: dryshot\.format: this dryshot reads format 1",
    ),
    "another version": ("version: 1", "version: 2", r":1: version: should be 1"),
    "no section": (
        "dryshot:\n  format",
        "other:\n  format",
        r":\d+: there is no 'dryshot' section",
    ),
    "a lost key": (
        "    method: GET\n",
        "",
        r":\d+: interactions\[0\]\.request: 'method' is missing",
    ),
    "no YAML": ("interactions:", "interactions: [", r":\d+: this is no YAML, or it was cut off"),
    "two documents": ("interactions:", "---\ninteractions:", r":\d+: this is no YAML"),
}


@pytest.mark.parametrize("fault", WRONG)
def test_what_is_wrong_in_a_file_is_named_with_its_line(tmp_path: Path, fault: str) -> None:
    path = tmp_path / "it.yaml"
    write_cassette(cassette(interaction()), path)
    old, new, said = WRONG[fault]
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(CassetteError, match=rf"it\.yaml{said}"):
        read_cassette(path)


def test_a_file_that_was_cut_off_anywhere_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "it.yaml"
    write_cassette(cassette(interaction(), interaction(b"more", at=1)), path)
    lines = path.read_text().splitlines(keepends=True)
    for kept in range(len(lines)):
        path.write_text("".join(lines[:kept]))
        with pytest.raises(CassetteError, match=r"it\.yaml"):
            read_cassette(path)


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda path: path.unlink(), "cannot be read: No such file"),
        (lambda path: path.write_bytes(b"no gzip"), "is no gzip file"),
        (lambda path: path.write_bytes(path.read_bytes()[:-40]), "is not what was recorded"),
    ],
)
def test_a_body_that_is_not_whole_is_refused(tmp_path: Path, harm: object, said: str) -> None:
    path = tmp_path / "it.yaml"
    write_cassette(cassette(interaction(LARGE_TEXT.encode())), path)
    (beside,) = (tmp_path / "it.bodies").iterdir()
    assert callable(harm)
    harm(beside)
    with pytest.raises(CassetteError, match=rf"it\.yaml:\d+: .*response_body: .*{said}"):
        read_cassette(path)


def test_what_is_no_file_or_no_text_is_told(tmp_path: Path) -> None:
    with pytest.raises(CassetteError, match=r"none\.yaml: cannot be read: No such file"):
        read_cassette(tmp_path / "none.yaml")
    (tmp_path / "binary.yaml").write_bytes(b"version: \xff")
    with pytest.raises(CassetteError, match=r"binary\.yaml: this is no text in UTF-8"):
        read_cassette(tmp_path / "binary.yaml")
