"""The classic dialect's manners: API token against access token, and instances in three parts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx

from dryshot_client.api import Api, Ask
from dryshot_client.checks import check_url
from dryshot_client.credentials import Credentials, Secret
from dryshot_client.errors import UnexpectedAnswer
from dryshot_client.flows import Flow
from dryshot_client.legacy.operations import LEGACY_OPERATIONS
from dryshot_client.paging import Page
from dryshot_client.replies import read_json, read_object
from dryshot_client.retries import RetryPolicy

__all__ = ["LegacyApi", "split_instance"]


def _has_id(item: object) -> bool:
    return isinstance(item, dict) and isinstance(item.get("id"), str)


class LegacyApi(Api):
    """The classic auth and runtime APIs. ``instance`` is for calls that are given none."""

    def __init__(
        self,
        build: Callable[..., httpx.Request],
        *,
        api_token: str,
        instance: str | None,
        auth_url: str,
        runtime_url: str,
        retries: RetryPolicy,
        monotonic: Callable[[], float],
    ) -> None:
        if not api_token or api_token != api_token.strip():
            raise ValueError("api_token is empty, or has blanks around it")
        if instance is not None:
            split_instance(instance)
        self.instance = instance
        urls = {"auth": auth_url, "runtime": runtime_url}
        self._bases = {service: check_url(f"{service}_url", url) for service, url in urls.items()}
        self._api_token = Secret(api_token)
        self.credentials = Credentials(self._obtain, self._revoke)
        super().__init__(build, operations=LEGACY_OPERATIONS, retries=retries, monotonic=monotonic)

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """The API token, and the access token at hand."""
        held = self.credentials.held
        return (self._api_token,) if held is None else (self._api_token, held)

    def base(self, service: str) -> str:
        """The base URL of ``auth`` or ``runtime``."""
        return self._bases[service]

    def call(self, ask: Ask) -> Flow[httpx.Response]:
        """Call, logged in where that is needed; the answer is a success.

        A 401 is followed by one new login and one repetition, whatever the operation: what was not
        authorised was not done.
        """
        token = None if ask.operation.public else (yield from self.credentials.get())
        response, again = yield from self.exchange(ask, token)
        if response.status_code == httpx.codes.UNAUTHORIZED:
            token = yield from self.credentials.renew(token)
            response, again = yield from self.exchange(ask, token)
        return self.succeed(ask, response, again=again)

    def call_page(self, ask: Ask, key: str, fits: Callable[[Any], bool] = _has_id) -> Flow[Page]:
        """Like :meth:`call`, for an operation whose answer has a list of those under ``key``."""
        response = yield from self.call(ask)
        body = read_object(response, ask.path, self.secrets)
        items, count = body.get(key), body.get("count")
        if isinstance(items, list) and all(map(fits, items)):
            return Page(items, count if isinstance(count, int) else None)
        raise self.unexpected(response, ask, f"the answer has no list {key!r} of what is due")

    def choose_instance(self, instance: str | None) -> str | None:
        """The instance given, or else the default one, checked."""
        if instance is None:
            return self.instance
        split_instance(instance)
        return instance

    def _authorise(self, token: Secret) -> dict[str, str]:
        return {"x-access-token": token.reveal()}

    def _obtain(self) -> Flow[Secret]:
        ask = self.prepare("login_with_token", body={"apiToken": self._api_token})
        response, _ = yield from self.exchange(ask)
        token = _read_token(self.succeed(ask, response))
        if token is None:
            raise UnexpectedAnswer(
                "POST", ask.path, response.status_code, message="the answer holds no usable token"
            )
        return token

    def _revoke(self, token: Secret) -> Flow[None]:
        ask = self.prepare("logout")
        response, _ = yield from self.exchange(ask, token)
        # A token that is refused was dead already, which is all that is wanted.
        if response.status_code != httpx.codes.UNAUTHORIZED:
            self.succeed(ask, response)


def split_instance(instance: str) -> tuple[str, str, str]:
    """Hub, group and project of ``"hub/group/project"``."""
    parts = instance.split("/")
    if len(parts) != 3 or not all(part.strip() for part in parts):  # noqa: PLR2004 - the three parts
        raise ValueError(f"instance {instance!r} is not of the form hub/group/project")
    return parts[0], parts[1], parts[2]


def _read_token(response: httpx.Response) -> Secret | None:
    # In a frame of its own, which is gone before anything is raised.
    _, body = read_json(response)
    token = body.get("id") if isinstance(body, dict) else None
    # It becomes a header: a control character in it would surface in error messages.
    usable = isinstance(token, str) and token.isascii() and token.isprintable() and token.strip()
    return Secret(token) if usable and isinstance(token, str) else None
