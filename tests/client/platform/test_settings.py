"""Where the API key and what belongs to it come from."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dryshot_client.credentials import Secret
from dryshot_client.platform.settings import Settings, read_settings

CRN = (
    "crn:v1:bluemix:public:quantum-computing:us-east:a/0123:11111111-2222-4333-8444-555555555555::"
)
PLATFORM = "ibm_quantum_platform"

Save = Callable[..., Path]


@pytest.fixture
def save(tmp_path: Path) -> Save:
    """Writes an account file."""

    def save(**accounts: Any) -> Path:
        file = tmp_path / "accounts.json"
        file.write_text(json.dumps(accounts), encoding="utf-8")
        return file

    return save


def account(token: str, channel: str = PLATFORM, **more: Any) -> dict[str, Any]:
    return {"channel": channel, "token": token} | more


def read(**given: Any) -> Settings:
    """With all that is not given absent."""
    absent: dict[str, Any] = dict.fromkeys(
        ("api_key", "instance", "url", "iam_url", "account_file")
    )
    return read_settings(**absent | {"environ": {}} | given)


def key(**given: Any) -> str:
    return read(**given).api_key.reveal()


def test_the_argument_comes_first(save: Save) -> None:
    found = read(
        api_key="one",
        instance="i1",
        url="https://u1",
        iam_url="https://m1",
        environ={
            "QISKIT_IBM_TOKEN": "two",
            "QISKIT_IBM_INSTANCE": "i2",
            "QISKIT_IBM_URL": "https://u2",
            "IAM_URL": "https://m2",
        },
        account_file=save(one=account("three", instance="i3", url="https://u3")),
    )
    assert found.api_key.reveal() == "one"
    assert (found.instance, found.url, found.iam_url) == ("i1", "https://u1", "https://m1")
    assert found.source == "the argument api_key"


def test_the_environment_comes_second(save: Save) -> None:
    environ = {
        "QISKIT_IBM_TOKEN": "two",
        "QISKIT_IBM_INSTANCE": "i2",
        "QISKIT_IBM_URL": "https://u2",
        "IAM_URL": "https://m2",
    }
    found = read(environ=environ, account_file=save(one=account("three", instance="i3")))
    assert found.api_key.reveal() == "two"
    assert (found.instance, found.url, found.iam_url) == ("i2", "https://u2", "https://m2")
    assert found.source == "the environment variable QISKIT_IBM_TOKEN"


def test_the_account_file_comes_third(save: Save) -> None:
    file = save(one=account("three", instance="i3", url="https://u3"))
    found = read(account_file=file)
    assert found.api_key.reveal() == "three"
    assert (found.instance, found.url, found.iam_url) == ("i3", "https://u3", None)
    assert found.source == f"account 'one' in {file}"


def test_what_the_file_says_of_the_instance_is_for_its_own_key_only(save: Save) -> None:
    file = save(one=account("three", instance="i3", url="https://u3"))
    for found in (
        read(api_key="one", account_file=file),
        read(environ={"QISKIT_IBM_TOKEN": "two"}, account_file=file),
    ):
        assert (found.instance, found.url) == (None, "https://cloud.ibm.com")


def test_variables_that_are_empty_are_absent(save: Save) -> None:
    environ = dict.fromkeys(
        ["QISKIT_IBM_TOKEN", "QISKIT_IBM_INSTANCE", "QISKIT_IBM_URL", "IAM_URL"], ""
    )
    found = read(environ=environ, account_file=save(one=account("three", instance="i3")))
    assert found.api_key.reveal() == "three"
    assert (found.instance, found.url, found.iam_url) == ("i3", "https://cloud.ibm.com", None)


def test_a_file_that_is_not_needed_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "broken.json"
    file.write_text("{", encoding="utf-8")
    assert key(api_key="one", account_file=file) == "one"
    assert key(environ={"QISKIT_IBM_TOKEN": "two"}, account_file=file) == "two"


def test_the_default_account_is_the_one_that_is_marked(save: Save) -> None:
    accounts = {
        "default-ibm-quantum-platform": account("usual"),
        "other": account("marked", "ibm_cloud", is_default_account=True),
    }
    assert key(account_file=save(**accounts)) == "marked"


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        (["default-ibm-cloud", "default-ibm-quantum-platform"], "default-ibm-quantum-platform"),
        (["a", "default-ibm-cloud", "b"], "default-ibm-cloud"),
        (["a"], "a"),
    ],
)
def test_or_the_one_that_is_usual_or_the_only_one(
    save: Save, names: list[str], chosen: str
) -> None:
    assert key(account_file=save(**{name: account(name) for name in names})) == chosen


def test_accounts_of_a_service_that_has_gone_are_passed_over(save: Save) -> None:
    file = save(
        old=account("old", "ibm_quantum", is_default_account=True), new=account("new", "ibm_cloud")
    )
    assert key(account_file=file) == "new"
    with pytest.raises(ValueError, match=r"account 'old' in .* is not of the platform"):
        read(account_file=file, account_name="old")


def test_one_of_several_without_a_default_is_not_guessed(save: Save) -> None:
    file = save(a=account("1"), b=account("2"))
    with pytest.raises(ValueError, match=r"account_name chooses one: \['a', 'b'\]"):
        read(account_file=file)
    assert key(account_file=file, account_name="b") == "2"


def test_an_account_that_is_named_comes_before_the_environment(save: Save) -> None:
    environ = {
        "QISKIT_IBM_TOKEN": "two",
        "QISKIT_IBM_INSTANCE": "i2",
        "QISKIT_IBM_URL": "https://u2",
    }
    file = save(a=account("three", instance="i3"), b=account("four"))
    found = read(environ=environ, account_file=file, account_name="a")
    assert found.api_key.reveal() == "three"
    assert (found.instance, found.url) == ("i3", "https://u2")  # the account has no url


def test_an_account_that_is_named_must_be_there_and_no_key_given(save: Save) -> None:
    file = save(a=account("three"))
    with pytest.raises(ValueError, match="there is no account 'b' in"):
        read(account_file=file, account_name="b")
    with pytest.raises(ValueError, match="account_name"):
        read(account_file=file, account_name="a", api_key="one")
    with pytest.raises(ValueError, match="account_name"):
        read(account_name="a")


@pytest.mark.parametrize(
    "accounts", [{}, {"old": account("old1x", "ibm_quantum")}, {"x": []}, None]
)
def test_no_key_anywhere_names_the_three_places(
    save: Save, tmp_path: Path, accounts: dict[str, Any] | None
) -> None:
    file = tmp_path / "none.json" if accounts is None else save(**accounts)
    with pytest.raises(ValueError, match="no API key") as caught:
        read(account_file=file)
    for place in ("argument api_key", "QISKIT_IBM_TOKEN", str(file)):
        assert place in str(caught.value)
    assert accounts is not None or not file.exists()


def test_no_key_and_no_file_asked_for_says_so() -> None:
    with pytest.raises(ValueError, match=r"account file \(none was to be read\)"):
        read()


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        (b'{"a": {"token": "token1x"', "is not JSON"),
        (b"\xff token1x", "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b"", "is not JSON"),
        (b'["token1x"]', "is not a JSON object"),
    ],
)
def test_a_broken_file_is_named_and_not_repeated(
    tmp_path: Path, content: bytes, wrong: str
) -> None:
    file = tmp_path / "accounts.json"
    file.write_bytes(content)
    with pytest.raises(ValueError, match=f"{wrong}$") as caught:
        read(account_file=file)
    assert str(caught.value) == f"the account file {file} {wrong}"
    assert caught.value.__context__ is None  # which would hold the text


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"cannot be read: ") as caught:
        read(account_file=tmp_path)
    assert str(tmp_path) in str(caught.value)


@pytest.mark.parametrize("token", [None, "", 5, ["token1x"]])
def test_an_account_without_a_token_is_named(save: Save, token: object) -> None:
    file = save(mine={"channel": PLATFORM, "token": token, "instance": "token1x"})
    with pytest.raises(ValueError, match=r"has no token$") as caught:
        read(account_file=file)
    assert str(caught.value) == f"account 'mine' in {file} has no token"


def test_settings_of_another_kind_in_an_account_are_absent(save: Save) -> None:
    found = read(account_file=save(one=account("three", instance=5, url=None)))
    assert (found.instance, found.url) == (None, "https://cloud.ibm.com")


def test_a_key_that_can_be_none_is_refused_under_where_it_came_from(save: Save) -> None:
    file = save(one=account("key1x "))
    for wrong, source in (
        ({"api_key": ""}, "the argument api_key"),
        ({"api_key": " key1x"}, "the argument api_key"),
        ({"environ": {"QISKIT_IBM_TOKEN": "key1x\n"}}, "QISKIT_IBM_TOKEN"),
        ({"account_file": file}, "account 'one' in"),
    ):
        with pytest.raises(ValueError, match=source) as caught:
            read(**wrong)
        assert "key1x" not in str(caught.value)


def test_a_secret_is_taken_as_it_is_and_shown_nowhere() -> None:
    secret = Secret("key1x")
    found = read(api_key=secret)
    assert found.api_key is secret
    assert "key1x" not in repr(found)


def test_a_path_may_begin_at_home(save: Save, monkeypatch: pytest.MonkeyPatch) -> None:
    file = save(one=account("three"))
    monkeypatch.setenv("HOME", str(file.parent))
    monkeypatch.setenv("USERPROFILE", str(file.parent))
    assert key(account_file=f"~/{file.name}") == "three"


PLACES = st.fixed_dictionaries(
    {
        name: st.none() | st.sampled_from(["x1", "x2"])
        for name in ("argument", "environment", "file")
    }
)


@given(keys=PLACES, instances=PLACES, urls=PLACES)
def test_each_setting_is_the_first_there_is(
    tmp_path_factory: pytest.TempPathFactory,
    keys: dict[str, str | None],
    instances: dict[str, str | None],
    urls: dict[str, str | None],
) -> None:
    entry = {"token": keys["file"], "instance": instances["file"], "url": urls["file"]}
    file = tmp_path_factory.getbasetemp() / "accounts.json"
    file.write_text(json.dumps({"one": {"channel": PLATFORM} | entry}), encoding="utf-8")
    environ = {
        "QISKIT_IBM_TOKEN": keys["environment"] or "",
        "QISKIT_IBM_INSTANCE": instances["environment"] or "",
        "QISKIT_IBM_URL": urls["environment"] or "",
    }
    given = {
        "api_key": keys["argument"],
        "instance": instances["argument"],
        "url": urls["argument"],
        "environ": environ,
        "account_file": file,
    }
    if not any(keys.values()):
        with pytest.raises(ValueError, match="token"):
            read(**given)
        return
    found = read(**given)
    from_file = not (keys["argument"] or keys["environment"])

    def first(setting: dict[str, str | None]) -> str | None:
        own = setting["argument"] or setting["environment"]
        return own or (setting["file"] if from_file else None)

    assert found.api_key.reveal() == first(keys)
    assert found.instance == first(instances)
    assert found.url == (first(urls) or "https://cloud.ibm.com")


def test_what_ibm_s_own_client_saves_is_read(tmp_path: Path) -> None:
    sdk = pytest.importorskip("qiskit_ibm_runtime").QiskitRuntimeService
    file = tmp_path / "accounts.json"
    common = {"filename": str(file), "overwrite": True}
    sdk.save_account(token="first", instance=CRN, **common)
    found = read(account_file=file)
    assert found.api_key.reveal() == "first"
    assert (found.instance, found.url) == (CRN, "https://cloud.ibm.com")
    sdk.save_account(
        token="second",
        name="mine",
        channel="ibm_cloud",
        url="https://cloud.test",
        instance="by-name",
        set_as_default=True,
        **common,
    )
    found = read(account_file=file)
    assert (found.api_key.reveal(), found.instance) == ("second", "by-name")
    assert found.url == "https://cloud.test"
    assert found.source == f"account 'mine' in {file}"
    assert key(account_file=file, account_name="default-ibm-quantum-platform") == "first"
