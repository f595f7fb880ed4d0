"""What is asked of a service to see how it answers: of the mock everything, of a live one reads."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from dryshot.drift.findings import DriftError
from dryshot.drift.reads import Visit
from dryshot.http import Endpoint
from dryshot.mock import Mock
from dryshot.recording.cassette import Interaction

__all__ = ["visit_live", "visit_mock"]

_IAM = "https://iam.cloud.ibm.com/identity/token"
_RESOURCES = "https://resource-controller.cloud.ibm.com/v2/resource_instances"
_VERSIONS = "https://quantum.cloud.ibm.com/api/v1/versions"
_RUNTIME = "https://quantum.cloud.ibm.com/api/v1"
_CLASSIC_AUTH = "https://auth.quantum-computing.ibm.com/api"
_CLASSIC = "https://runtime-us-east.quantum-computing.ibm.com"
_GRANT = "urn:ibm:params:oauth:grant-type:apikey"
_PLATFORM = ("platform-runtime", "platform-resources", "platform-catalog")
_QASM = 'OPENQASM 3.0; include "stdgates.inc"; bit[1] c; x $0; c[0] = measure $0;'
_CLASSIC_QASM = 'OPENQASM 3; include "stdgates.inc"; qubit q; bit c; x q; c = measure q;'


def visit_live(endpoint: Endpoint, api_key: str, instance: str) -> list[Interaction]:
    """Log in, and ask for every read operation of the platform once, with ``limit`` 5.

    ``instance`` is a CRN or a name. ``DriftError`` if one cannot log in or there is no such
    instance; the key is in no message.
    """
    region = _region(instance)
    visit = Visit(endpoint, lambda urls: _nearest(urls, region))
    _log_in(visit, api_key, instance)
    for name in _PLATFORM:
        visit.read(name)
    return visit.interactions


def visit_mock(mock: Mock) -> list[Interaction]:
    """Every read operation of both dialects, and the life of a job and a session in each."""
    platform = Visit(mock)
    _log_in(platform, "any text opens an account", "premium-instance")
    _live_a_job(platform)
    classic = Visit(mock)
    _live_a_classic_job(classic)
    return [*platform.interactions, *classic.interactions]


def _log_in(visit: Visit, api_key: str, instance: str) -> None:
    form = urlencode({"grant_type": _GRANT, "apikey": api_key}).encode()
    answer = visit.ask("POST", _IAM, body=form, kind="application/x-www-form-urlencoded")
    token = answer.get("access_token") if isinstance(answer, dict) else None
    if not isinstance(token, str):
        status = visit.interactions[-1].response.status
        raise DriftError(f"the API key was not accepted: IAM answered {status}")
    visit.headers["authorization"] = f"Bearer {token}"
    listed = visit.ask("GET", _RESOURCES)
    resources = listed.get("resources") if isinstance(listed, dict) else None
    for one in resources if isinstance(resources, list) else ():
        if instance in (one.get("crn"), one.get("name"), one.get("guid")):
            break
    else:
        one = {"crn": instance}
    crn = str(one.get("crn"))
    if not crn.startswith("crn:"):
        raise DriftError("the account has no such instance; give its CRN or its name")
    visit.headers["service-crn"] = crn
    account = next((part[2:] for part in crn.split(":") if part.startswith("a/")), "")
    visit.names |= {"resource_instances": crn, "accounts": account}
    if one.get("resource_plan_id"):
        visit.names["plan_id"] = str(one["resource_plan_id"])
    versions = visit.ask("GET", _VERSIONS)
    known = versions.get("versions") if isinstance(versions, dict) else None
    dates = [str(v.get("version") if isinstance(v, dict) else v) for v in known or ()]
    if dates:
        visit.headers["ibm-api-version"] = max(dates)


def _live_a_job(visit: Visit) -> None:
    send = _sender(visit, _RUNTIME)
    backends = visit.ask("GET", f"{_RUNTIME}/backends")
    backend = backends["devices"][0]["name"]
    session = send("POST", "/sessions", {"mode": "dedicated", "backend": backend})["id"]
    params = {"pubs": [[_QASM, None, 100]], "version": 2}
    job = {"program_id": "sampler", "backend": backend, "params": params, "session_id": session}
    created = send("POST", "/jobs", job)["id"]
    visit.names["sessions"] = session
    for name in _PLATFORM:
        visit.read(name)
    send("PUT", f"/jobs/{created}/tags", {"tags": ["one"]})
    send("POST", f"/jobs/{created}/cancel")
    send("PATCH", f"/sessions/{session}", {"accepting_jobs": False})
    send("DELETE", f"/sessions/{session}/close")
    send("DELETE", f"/jobs/{created}")
    send("GET", f"/jobs/{created}")


def _live_a_classic_job(visit: Visit) -> None:
    send = _sender(visit, _CLASSIC)
    body = json.dumps({"apiToken": "any text opens an account"}).encode()
    login = visit.ask("POST", f"{_CLASSIC_AUTH}/users/loginWithToken", body=body)
    visit.headers["x-access-token"] = login["id"]
    params = {"circuits": [_CLASSIC_QASM]}
    job = {"program_id": "sampler", "backend": "ibm_wellington", "params": params}
    created = send("POST", "/jobs", job)["id"]
    visit.names["backends"] = "ibm_wellington"
    send("GET", f"/jobs/{created}")
    visit.read("legacy-runtime")
    send("PUT", f"/jobs/{created}/tags", {"tags": ["one"]})
    send("POST", f"/jobs/{created}/cancel")
    send("DELETE", f"/jobs/{created}")
    send("GET", f"/jobs/{created}")
    visit.ask("POST", f"{_CLASSIC_AUTH}/users/logout")


def _sender(visit: Visit, base: str) -> Callable[..., Any]:
    def send(method: str, path: str, body: Any = None) -> Any:
        data = b"" if body is None else json.dumps(body).encode()
        return visit.ask(method, base + path, body=data)

    return send


def _region(instance: str) -> str:
    parts = instance.split(":")
    return parts[5] if instance.startswith("crn:") and len(parts) > 5 else ""  # noqa: PLR2004 - a CRN's sixth part


def _nearest(urls: tuple[str, ...], region: str) -> str:
    """The server of the region, if it has one of its own that is not in a private network."""
    own = (url for url in urls if url.startswith(f"https://{region}."))
    return next(own, urls[0]) if region else urls[0]
