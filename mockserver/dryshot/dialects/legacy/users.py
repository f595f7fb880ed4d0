"""Who a user is, where the services are, and what hubs, groups and projects there are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dryshot.contract import Call
from dryshot.dialects.dialect import Reply
from dryshot.dialects.legacy.credentials import credential_of
from dryshot.http import Request
from dryshot.world import Account, World
from dryshot.world.classic import OPEN_INSTANCE

__all__ = ["UserHandlers", "hubs_of", "user"]

_SINCE = "2016-05-04T04:00:00.000Z"
"""When everything was made that does not tell its age: the day the service opened."""
_AUTH, _RUNTIME = "auth.", "runtime-us-east."
_API, _ME = "/api", "/users/me"


class UserHandlers:
    """One method per operation of the runtime's host on users and their tokens."""

    world: World

    def get_runtime_user(self, call: Call, account: Account) -> Reply:
        """Who is asking."""
        return 200, user(account, call.request)

    def validate_token(self, _call: Call, _account: Account) -> Reply:
        """Nothing but that the credential is good."""
        return 200, {"valid": True}

    def revoke_token(self, call: Call, _account: Account) -> Reply:
        """The end of the access token that came with the request."""
        self.world.accounts.revoke(credential_of(call.request))
        return 204, None

    def get_health(self, _call: Call, _account: None) -> Reply:
        """That the service is there."""
        return 200, {"status": "ok"}


def user(account: Account, request: Request) -> dict[str, Any]:
    """What ``GET /users/me`` says; the addresses are those by which the caller came."""
    word = account.id[:8]
    return {
        "email": f"{word}@example.com",
        "username": f"user-{word}",
        "userType": "Standard",
        "firstName": "Ada",
        "lastName": f"Example-{word}",
        "institution": f"Example Institute {word}",
        "roles": [],
        "ibmQNetwork": any(not name.startswith("ibm-q/") for name in account.instances),
        "qNetworkRoles": [],
        "servicesRoles": [],
        "canScheduleBackends": False,
        "applications": ["lab", "composer", "reservations"],
        "urls": _urls(request),
        "subscriptions": {
            "updates": 0,
            "surveys": 0,
            "newsletter": 0,
            "tips": 0,
            "updatesInTool": 0,
        },
        "needsRefill": False,
        "emailVerified": True,
        "terms": {"accepted": True},
        "iqxPreferences": {},
        "loginAccounts": [{"provider": "cloud.ibm.com"}],
        "readOnly": False,
        "id": account.id,
    }


def hubs_of(account: Account) -> list[dict[str, Any]]:
    """The account's instances as a tree; the open one is the default, which clients ask last."""
    hubs: dict[str, dict[str, Any]] = {}
    for name, backends in account.instances.items():
        hub, group, project = name.split("/")
        default = name == OPEN_INSTANCE
        top = hubs.setdefault(hub, _hub(hub, default=default))
        middle = top["groups"].setdefault(group, _part(group, default=default) | {"projects": {}})
        middle["projects"][project] = _part(project, default=default) | {
            "devices": _devices(backends)
        }
    return list(hubs.values())


def _hub(name: str, *, default: bool) -> dict[str, Any]:
    return _part(name, default=default) | {
        "private": not default,
        "licenseNotRequired": False,
        "analytics": True,
        "class": "Open" if default else "Community",
        "id": name,
        "groups": {},
    }


def _part(name: str, *, default: bool) -> dict[str, Any]:
    return {
        "name": name,
        "title": name,
        "description": "",
        "creationDate": _SINCE,
        "deleted": False,
        "isDefault": default,
    }


def _devices(backends: Sequence[str]) -> dict[str, Any]:
    return {
        name: {"priority": 0, "name": name, "deleted": False} for name in dict.fromkeys(backends)
    }


def _urls(request: Request) -> dict[str, Any]:
    """Where the services are: beside each other under IBM's names, else all at one origin."""
    origin = request.origin
    base = origin + request.path.removesuffix(_ME)
    if request.host.startswith(_AUTH):
        auth, runtime = base, origin.replace(f"//{_AUTH}", f"//{_RUNTIME}", 1)
    elif request.host.startswith(_RUNTIME):
        auth, runtime = origin.replace(f"//{_RUNTIME}", f"//{_AUTH}", 1) + _API, base
    elif request.host.startswith("api."):
        auth, runtime = f"{request.scheme}://{_AUTH}quantum-computing.ibm.com{_API}", base
    elif base.endswith(_API):
        auth, runtime = base, base.removesuffix(_API)
    else:
        auth, runtime = base.removesuffix("/runtime") + _API, base
    return {
        "http": auth,
        "ws": f"ws{runtime.removeprefix('http')}/",
        "services": {"quantumLab": "", "runtime": runtime, "extractorsService": ""},
    }
