"""Programs of one's own: refused since November 2023, and kept before that."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from dryshot import Limits
from dryshot.mock import Mock
from dryshot_client import Conflict, LegacyRuntime, NotFound, PermissionDenied

SOURCE = "def main(backend, user_messenger): pass"
TEXT = base64.b64encode(SOURCE.encode()).decode()

CHANGES: dict[str, Callable[[Any, str], object]] = {
    "update": lambda programs, id_: programs.update(id_, cost=60),
    "replace_data": lambda programs, id_: programs.replace_data(id_, SOURCE),
    "publish": lambda programs, id_: programs.publish(id_),
    "hide": lambda programs, id_: programs.hide(id_),
    "delete": lambda programs, id_: programs.delete(id_),
}

uploading = pytest.mark.dryshot(limits=Limits(uploads=True))


@pytest.mark.parametrize("change", CHANGES)
def test_the_services_own_programs_are_nobodys_to_change(
    legacy_runtime: LegacyRuntime, change: str
) -> None:
    with pytest.raises(PermissionDenied):
        CHANGES[change](legacy_runtime.programs, "sampler")


def test_an_upload_is_refused(legacy_runtime: LegacyRuntime) -> None:
    with pytest.raises(PermissionDenied):
        legacy_runtime.programs.upload(name="mine", data=SOURCE)


@uploading
def test_an_uploaded_program_is_read_changed_and_removed(
    legacy_runtime: LegacyRuntime, mock: Mock
) -> None:
    programs = legacy_runtime.programs
    made = programs.upload(name="mine", data=SOURCE, cost=60, description="first")
    assert (made["name"], made["cost"], made["is_public"]) == ("mine", 60, False)
    id_ = made["id"]
    with pytest.raises(NotFound):
        programs.get(id_)
    assert programs.get(id_, mine=True)["data"] == TEXT
    programs.update(id_, description="second", cost=120)
    programs.replace_data(id_, b"pass")
    told = programs.get(id_, mine=True)
    assert (told["description"], told["cost"]) == ("second", 120)
    assert base64.b64decode(told["data"]) == b"pass"
    programs.publish(id_)
    assert "data" not in programs.get(id_)
    programs.hide(id_)
    assert id_ not in {program["id"] for program in programs.list()}
    assert id_ in {program["id"] for program in programs.list(mine=True)}
    programs.delete(id_)
    assert [entry.response.status for entry in mock.journal.of("delete_program")] == [204]


@uploading
def test_a_name_is_taken_once(legacy_runtime: LegacyRuntime, mock: Mock) -> None:
    for name in ("one", "two"):
        legacy_runtime.programs.upload(name=name, data=SOURCE)
    with pytest.raises(Conflict):
        legacy_runtime.programs.upload(name="one", data=SOURCE)
    assert len(mock.journal.of("upload_program")) == 3


@uploading
@pytest.mark.parametrize("change", CHANGES)
def test_an_unknown_program_cannot_be_changed(
    legacy_runtime: LegacyRuntime, mock: Mock, change: str
) -> None:
    with pytest.raises(NotFound):
        CHANGES[change](legacy_runtime.programs, "no-such-program")
    assert list(mock.journal)[-1].response.status == 404


@uploading
def test_a_bad_program_is_refused(user: httpx.Client, mock: Mock) -> None:
    good = {"name": "mine", "data": TEXT}
    id_ = user.post("/programs", json=good).json()["id"]
    for bad in ({}, good | {"cost": "long"}, good | {"data": "no base64!"}):
        assert user.post("/programs", json=bad).status_code == 400
    assert user.patch(f"/programs/{id_}", json={"cost": 0}).status_code == 400
    assert user.put(f"/programs/{id_}/data", content=b"no base64!").status_code == 400
    assert len(mock.journal.of("upload_program")) == 4
