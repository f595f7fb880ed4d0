"""What the command finds in its environment."""

from __future__ import annotations

import json
import os
import ssl
import sys
from pathlib import Path

import pytest

from dryshot.server.environment import NODE_SHIM, surround
from dryshot.server.tls import CA_VARIABLES, certify, trusted, write_private

from .surroundings import dryshot_run

BUNDLE = Path("bundle.pem")
PROXY = "http://127.0.0.1:1"


def child(**environ: str) -> dict[str, str]:
    return surround(environ, proxy=PROXY, bundle=BUNDLE, authority=Path("ca.pem"))


def test_proxies_of_the_parent_do_not_leak_in() -> None:
    outer = "http://user:secret@proxy.corp.example:3128"
    names = ("HTTP_PROXY", "https_proxy", "All_Proxy", "FTP_PROXY", "npm_config_https_proxy")
    environ = child(**dict.fromkeys(names, outer), NO_PROXY="*", no_proxy="ibm.com", OTHER="kept")
    assert outer not in environ.values()
    assert environ["HTTPS_PROXY"] == environ["http_proxy"] == environ["all_proxy"] == PROXY
    assert environ["NO_PROXY"] == environ["no_proxy"] == "localhost,127.0.0.1,::1"
    assert environ["OTHER"] == "kept"


def test_a_parent_that_goes_around_proxies_does_not_get_around_this_one() -> None:
    code = (
        "import json, os, requests; "
        "answer = requests.get('https://quantum.cloud.ibm.com/api/v1/versions'); "
        "print(json.dumps([answer.status_code, "
        "sorted(value for name, value in os.environ.items() if 'corp' in value)]))"
    )
    outer = "http://user:secret@proxy.corp.example:3128"
    environ = {"https_proxy": outer, "HTTPS_PROXY": outer, "NO_PROXY": "ibm.com", "no_proxy": "*"}
    done = dryshot_run("--engine", "stub", "--", sys.executable, "-c", code, environ=environ)
    assert json.loads(done.stdout) == [200, []], done.stderr


def test_every_variable_for_certificates_names_the_bundle() -> None:
    environ = child(REQUESTS_CA_BUNDLE="other.pem")
    assert {environ[name] for name in CA_VARIABLES} == {str(BUNDLE)}
    assert environ["DRYSHOT_CA_FILE"] == "ca.pem"


def test_options_of_node_are_kept() -> None:
    assert child(NODE_OPTIONS="--no-warnings")["NODE_OPTIONS"].startswith("--no-warnings --require")
    assert f'"{NODE_SHIM}"' in child()["NODE_OPTIONS"]


def authorities(text: bytes) -> set[bytes]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=text.decode())
    return set(context.get_ca_certs(binary_form=True))


def test_the_usual_authorities_are_trusted_still_and_a_companys_own_too(tmp_path: Path) -> None:
    _, company = certify({"company.example"}, tmp_path)
    file = tmp_path / "company.pem"
    file.write_bytes(b"a remark\n" + company + company)
    usual = authorities(trusted({}))
    both = trusted({"REQUESTS_CA_BUNDLE": str(file), "CURL_CA_BUNDLE": str(tmp_path / "none")})
    assert len(usual) > 50
    assert authorities(both) == usual | authorities(company)
    assert both.count(b"BEGIN CERTIFICATE") == trusted({}).count(b"BEGIN CERTIFICATE") + 1


def test_two_runs_do_not_trust_each_other(tmp_path: Path) -> None:
    (_, one), (_, other) = (certify({"mocked.example"}, tmp_path) for _ in range(2))
    assert authorities(one) != authorities(other)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_already_is_not_written(tmp_path: Path) -> None:
    file = tmp_path / "file"
    write_private(file, b"text")
    assert file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        write_private(file, b"other")
    assert os.listdir(tmp_path) == ["file"]  # noqa: PTH208 - names are what is meant
