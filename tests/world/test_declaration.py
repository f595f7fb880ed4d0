from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dryshot.errors import DryshotError
from dryshot.world import Account
from dryshot.world.declaration import Declaration, DeclarationError, read, schema
from dryshot.world.declared import FromDocuments, FromGenerator, FromSnapshot
from dryshot.world.instances import ServiceInstance, account_id_for
from tests.world.platforms import ACCOUNT_ID, Place
from tests.world.worlds import world

TEXT = """\
accounts:
  - api_key: ada
    account_id: 0123456789abcdef0123456789abcdef
    user_id: IBMid-550000ABCD
    classic_instances:
      h/g/p: [ibm_lab]
    instances:
      - name: lab
        plan: flex
        region: eu-de
        backends: [ibm_lab, ibm_own]
        usage_limit_seconds: 90
        usage_allocation_seconds: 120
        tags: [mine]
  - api_key: bob
devices:
  - name: ibm_lab
    qubits: 7
    family: Heron
    two_qubit_gate: cz
    seed: 5
  - name: ibm_own
    configuration: own.json
    properties: {last_update_date: now}
"""
OWN = """\
    configuration: own.json
    properties: {last_update_date: now}
"""
DAY = datetime(2024, 5, 1, tzinfo=UTC)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    own = {"backend_name": "original", "n_qubits": 3, "simulator": False}
    (tmp_path / "own.json").write_text(json.dumps(own))
    path = tmp_path / "world.yaml"
    path.write_text(TEXT)
    return path


def test_a_file_says_the_same_as_the_values(file: Path) -> None:
    found = read(file)
    own = json.loads((file.parent / "own.json").read_text())
    lab = ServiceInstance.make(
        "lab",
        account_id=ACCOUNT_ID,
        plan="flex",
        region="eu-de",
        backends=["ibm_lab", "ibm_own"],
        usage_limit_seconds=90,
        usage_allocation_seconds=120,
        tags=["mine"],
    )
    ada = Account(
        "ada",
        instances={"h/g/p": ("ibm_lab",)},
        service_instances=[lab],
        account_id=ACCOUNT_ID,
        user_id="IBMid-550000ABCD",
    )
    assert found.accounts[0] == ada
    assert found.accounts[1] == Account("bob")
    assert found.accounts[1].account_id == account_id_for("bob")
    assert found.devices == (
        FromGenerator("ibm_lab", num_qubits=7, family="Heron", two_qubit_gate="cz", seed=5),
        FromDocuments("ibm_own", own, {"last_update_date": "now"}),
    )


def test_a_declaration_makes_a_world(file: Path) -> None:
    found = read(str(file))
    devices = {device.name: device for device in found.backends(seed=1, calibrated=DAY)}
    place = world(backends=devices, accounts=found.accounts[:1])
    account = place.platform.authenticate(place.platform.issue_token("ada").value)
    (lab,) = place.platform.instances(account)
    first, second = place.platform.backends(lab, mocks=False)
    assert (first.name, first.num_qubits) == ("ibm_lab", 7)
    assert first.configuration["processor_type"]["family"] == "Heron"
    assert second.configuration["backend_name"] == second.properties["backend_name"] == "ibm_own"
    assert (second.num_qubits, second.simulator) == (3, False)


def test_a_generated_device_has_its_own_seed_or_the_worlds() -> None:
    def made(seed: int | None, worlds: int) -> Any:
        declared = Declaration(devices=(FromGenerator("a", num_qubits=5, seed=seed),))
        return declared.backends(seed=worlds, calibrated=DAY)[0].properties

    assert made(None, 1) == made(1, 2) != made(None, 2)


def test_nothing_declared_is_a_declaration_too(tmp_path: Path) -> None:
    path = tmp_path / "empty.yaml"
    path.write_text("# nothing yet\n")
    assert read(path) == read({}) == Declaration()


def test_a_snapshot_gets_another_name() -> None:
    pytest.importorskip("qiskit_ibm_runtime", reason="snapshots are among its files")
    (device,) = read({"devices": [{"name": "ibm_x", "snapshot": "fake_lima"}]}).devices
    assert device == FromSnapshot("ibm_x", "fake_lima")
    backend = device.backend(seed=0, calibrated=DAY)
    assert (backend.name, backend.num_qubits) == ("ibm_x", 5)
    assert backend.configuration["backend_name"] == backend.properties["backend_name"] == "ibm_x"


def test_a_snapshot_that_nobody_has_is_refused() -> None:
    with pytest.raises(DeclarationError, match="snapshot") as found:
        read({"devices": [{"name": "ibm_x", "snapshot": "fake_nothing"}]})
    assert found.value.key == "devices[0].snapshot"


@pytest.mark.parametrize(
    ("old", "new", "line", "key", "message"),
    [
        ("plan: flex", "plan: gold", 9, "accounts[0].instances[0].plan", "'gold' is not one of"),
        ("plan: flex", "plan: open", 8, "accounts[0].instances[0]", "does not exist in eu-de"),
        ("ibm_own]", "ibm_no]", 11, "accounts[0].instances[0].backends[1]", "no device 'ibm_no'"),
        ("h/g/p: [ibm_lab]", "h/g/p: [x]", 6, "accounts[0].classic_instances.h/g/p[0]", "no dev"),
        ("h/g/p", "hub", 2, "accounts[0]", "'hub' is not of the form hub/group/project"),
        ("    tags:", "    tag:", 14, "accounts[0].instances[0].tag", "there is no such key"),
        ("api_key: bob", "api_key: ada", 15, "accounts[1].api_key", "the same as in accounts[0]"),
        ("- api_key: bob", "- user_id: IBMid-550000ABCD", 15, "accounts[1]", "'api_key' is a req"),
        ("0123456789abcdef0", "0", 3, "accounts[0].account_id", "does not match"),
        (
            "limit_seconds: 90",
            "limit_seconds: -9",
            12,
            "accounts[0].instances[0].usage_limit_seconds",
            "less than",
        ),
        ("name: ibm_own", "name: ibm_lab", 22, "devices[1].name", "the same as in devices[0]"),
        (OWN, "", 22, "devices[1]", "exactly one of snapshot, qubits and configuration"),
        ("qubits: 7", "qubits: 1", 18, "devices[0].qubits", "1 is less than the minimum of 2"),
        ("own.json", "no.json", 23, "devices[1].configuration", "no JSON file"),
        ("own.json", "{}", 23, "devices[1].configuration", "has no n_qubits"),
        ("    qubits: 7", "    snapshot: no", 17, "devices[0]", "'qubits' is a dependency of"),
        (
            "    plan: flex",
            "    plan: flex\n        plan: open",
            10,
            "accounts[0].instances[0].plan",
            "this key stands twice",
        ),
        ("devices:", "more: 1\ndevices:", 16, "more", "there is no such key"),
        ("plan: flex", "plan: [", 11, "", ""),
    ],
)
def test_a_mistake_is_told_with_file_line_and_key(
    file: Path, old: str, new: str, line: int, key: str, message: str
) -> None:
    assert old in TEXT
    file.write_text(TEXT.replace(old, new, 1))
    with pytest.raises(DeclarationError) as found:
        read(file)
    error = found.value
    assert isinstance(error, DryshotError)
    assert (error.file, error.line) == (str(file), line)
    assert error.key.startswith(key)
    assert message in str(error)
    assert str(error).startswith(f"{file}:{line}: ")


def test_two_instances_of_one_name_need_two_regions() -> None:
    def declare(*regions: str) -> Declaration:
        instances = [{"name": "lab", "plan": "premium", "region": one} for one in regions]
        return read({"accounts": [{"api_key": "a", "instances": instances}]})

    assert len(declare("us-east", "eu-de").accounts[0].service_instances or ()) == 2
    with pytest.raises(DeclarationError, match="another instance 'lab' in us-east"):
        declare("us-east", "us-east")


def test_a_value_has_no_lines_but_keys() -> None:
    with pytest.raises(DeclarationError) as found:
        read({"accounts": [{"api_key": ""}]})
    assert (found.value.file, found.value.line, found.value.key) == (
        None,
        None,
        "accounts[0].api_key",
    )


@pytest.mark.parametrize("text", ["- a list", "just words", "3"])
def test_a_file_that_holds_no_mapping_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "world.yaml"
    path.write_text(text)
    with pytest.raises(DeclarationError, match="is not of type 'object'"):
        read(path)


def test_a_file_that_contains_itself_is_refused_and_not_followed(tmp_path: Path) -> None:
    path = tmp_path / "world.yaml"
    path.write_text("accounts: &a [*a]\n")
    with pytest.raises(DeclarationError, match=r"accounts\[0\]"):
        read(path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match=r"nowhere\.yaml: cannot be read"):
        read(tmp_path / "nowhere.yaml")
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DeclarationError, match="cannot be read"):
        read(tmp_path / "binary.yaml")


def test_a_document_that_is_no_object_is_refused(tmp_path: Path) -> None:
    (tmp_path / "list.json").write_text("[]")
    device = {"name": "a", "configuration": str(tmp_path / "list.json")}
    with pytest.raises(DeclarationError, match="holds no JSON object"):
        read({"devices": [device]})


def test_devices_that_cannot_be_say_why() -> None:
    with pytest.raises(ValueError, match="no processor family 'Egret'"):
        FromGenerator("a", family="Egret")
    with pytest.raises(ValueError, match="no n_qubits"):
        FromDocuments("a", {})


def test_the_schema_is_a_schema_and_names_the_plans_there_are() -> None:
    from jsonschema import (  # type: ignore[import-untyped, unused-ignore] # stubs are apart
        Draft202012Validator,
    )

    from dryshot.world.platform import PLANS

    Draft202012Validator.check_schema(schema())
    assert schema()["$defs"]["instance"]["properties"]["plan"]["enum"] == list(PLANS)


def test_a_declared_limit_holds_in_the_world(file: Path) -> None:
    lab = (read(file).accounts[0].service_instances or ())[0]
    lab.backends = ("ibm_box",)
    assert Place(lab).platform.usage(lab).limit == 90
