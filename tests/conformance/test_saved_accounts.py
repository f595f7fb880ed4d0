from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from dryshot import Mock
from tests.conformance.stage import TOKEN

runtime = pytest.importorskip("qiskit_ibm_runtime", reason="needs the extra sdk")

# the SDK decides which file is the user's when it is imported, so this one has its own process
AT_HOME = """
from dryshot import Mock
from qiskit_ibm_runtime import QiskitRuntimeService
QiskitRuntimeService.save_account(token="saved", instance="premium-instance", set_as_default=True)
with Mock().activate():
    service = QiskitRuntimeService()
    assert service.active_account()["token"] == "saved"
    assert service.backends()
"""


@pytest.fixture
def file(tmp_path: Path) -> str:
    return str(tmp_path / "accounts.json")


def test_a_saved_account_connects(mock: Mock, file: str) -> None:
    del mock
    keep = runtime.QiskitRuntimeService.save_account
    keep(token=TOKEN, instance="premium-instance", filename=file, name="work")
    keep(token="home", plans_preference=["open"], filename=file, name="home")
    service = runtime.QiskitRuntimeService(filename=file, name="work")
    assert service.active_account()["token"] == TOKEN
    assert service.usage()["instance_id"] == service.active_instance()
    other = runtime.QiskitRuntimeService(filename=file, name="home")
    assert other.usage()["usage_limit_seconds"] == 600


def test_a_deleted_account_is_gone(file: str) -> None:
    runtime.QiskitRuntimeService.save_account(token=TOKEN, filename=file, name="work")
    assert list(runtime.QiskitRuntimeService.saved_accounts(filename=file)) == ["work"]
    assert runtime.QiskitRuntimeService.delete_account(filename=file, name="work")
    with pytest.raises(runtime.accounts.AccountNotFoundError):
        runtime.QiskitRuntimeService(filename=file, name="work")


def test_the_default_account_of_a_home_connects(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    subprocess.run([sys.executable, "-c", AT_HOME], check=True, capture_output=True, timeout=60)
    assert (tmp_path / ".qiskit" / "qiskit-ibm.json").is_file()
