"""One exchange of an API key for an access token: what IAM is asked, and what it answers."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from urllib.parse import quote_plus, urlencode

import httpx

from dryshot_client.checks import check_url
from dryshot_client.credentials import Secret
from dryshot_client.errors import AuthenticationError, RuntimeApiError, UnexpectedAnswer
from dryshot_client.replies import read_error, read_json

__all__ = ["Exchange", "Token", "check_key"]

_PATH = "/identity/token"
_GRANT = "urn:ibm:params:oauth:grant-type:apikey"
_USED_BEFORE_RENEWAL = 0.8
"""Of a token's lifetime; IBM's own clients renew at the same point."""
_LATEST_INSTANT = 1e12
_REFUSALS = dict.fromkeys((400, 401, 403), AuthenticationError)


@dataclass(frozen=True, slots=True)
class Token:
    """An access token, and when to obtain the next.

    ``renew_at`` is by the monotonic clock, in seconds; ``None`` if the lifetime is unknown.
    """

    text: Secret
    renew_at: float | None


class Exchange:
    """Where the key goes, and nowhere else."""

    def __init__(self, key: Secret, iam_url: str) -> None:
        self._key = key
        self.url = check_url("iam_url", iam_url)

    def ask(self, cause: httpx.Request) -> httpx.Request:
        """The request for a token, which is good for one attempt.

        Nothing of the client's, or of the request that is to be authorised, goes along but the time
        it is given: all else may be meant for another host.
        """
        # What sees the key is in this frame, which is gone before anything is sent.
        body = urlencode({"grant_type": _GRANT, "apikey": self._key.reveal()}).encode()
        url = httpx.URL(self.url + _PATH)
        headers = {
            "Host": url.netloc.decode("ascii"),
            "Accept": "application/json",
            "User-Agent": f"python-httpx/{httpx.__version__}",
            "Content-Type": "application/x-www-form-urlencoded",
            "Content-Length": str(len(body)),
        }
        time = {name: limit for name, limit in cause.extensions.items() if name == "timeout"}
        return httpx.Request("POST", url, headers=headers, stream=_Once(body), extensions=time)

    def read(self, response: httpx.Response, asked_at: float) -> Token:
        """The token in the answer; without one, the error that it stands for is raised."""
        for each in (*response.history, response):  # a redirected GET may have been answered well
            if each.is_redirect:
                raise _unexpected(each.status_code, "IAM redirects; an API key is not sent on")
        if not response.is_success:
            raise self._read_error(response)
        token = _read_token(response, asked_at)
        if token is None:
            raise _unexpected(response.status_code, "the answer holds no usable token")
        return token

    def _read_error(self, response: httpx.Response) -> RuntimeApiError:
        spelled = Secret(quote_plus(self._key.reveal()))  # as it was in the form
        return read_error(response, _PATH, (self._key, spelled), _REFUSALS)


class _Once(httpx.ByteStream):
    """A body that is given out once, so that no redirect carries it elsewhere."""

    # A ByteStream, because httpx leaves the body of a request that it has read in its place only
    # if it is one.

    def __init__(self, body: bytes) -> None:
        super().__init__(b"")
        self._bodies = [body]

    def __iter__(self) -> Iterator[bytes]:
        self._check()
        yield self._bodies.pop()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        self._check()
        yield self._bodies.pop()

    def _check(self) -> None:
        if not self._bodies:
            # Or 308: the request that follows a redirect does not know.
            status = httpx.codes.TEMPORARY_REDIRECT
            what = "an API key is not sent a second time, as it would be after a redirect"
            raise _unexpected(status, what)


def check_key(name: str, key: object) -> Secret:
    """``key`` as a secret, if it can be one; the error calls it ``name`` and does not repeat it."""
    if not isinstance(key, str | Secret):
        raise TypeError(f"{name} is {type(key).__name__}, not text")
    key = key if isinstance(key, Secret) else Secret(key)  # the frame's locals show in tracebacks
    if not _fits(key):
        raise ValueError(f"{name} is empty, has blanks around it, or is not printable ASCII")
    return key


def _fits(key: Secret) -> bool:
    text = key.reveal()
    return text.isascii() and text.isprintable() and text.strip() == text != ""


def _unexpected(status: int, what: str) -> UnexpectedAnswer:
    return UnexpectedAnswer("POST", _PATH, status, message=what)


def _read_token(response: httpx.Response, asked_at: float) -> Token | None:
    # In a frame of its own, which is gone before anything is raised.
    _, body = read_json(response)
    text = body.get("access_token") if isinstance(body, dict) else None
    # It becomes a header: a control character in it would surface in error messages.
    if not isinstance(text, str) or not re.fullmatch(r"[!-~]+", text):
        return None
    lifetime = _seconds(body.get("expires_in")) or _lifetime(text)
    renew_at = None if lifetime is None else asked_at + _USED_BEFORE_RENEWAL * lifetime
    return Token(Secret(text), renew_at)


def _lifetime(token: str) -> float | None:
    """Seconds from a JWT's ``iat`` to its ``exp``, unverified; ``None`` if it does not say."""
    try:
        claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
        begin, end = _seconds(claims["iat"]), _seconds(claims["exp"])
    except (ValueError, TypeError, LookupError, RecursionError):
        return None
    return None if begin is None or end is None else _seconds(end - begin)


def _seconds(value: object) -> float | None:
    """``value`` if it is a number of seconds that makes sense."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 < value < _LATEST_INSTANT else None
