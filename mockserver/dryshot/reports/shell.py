"""Words of a shell script: a shell takes them as they are, but for the variables in them."""

from __future__ import annotations

import re
import shlex
from collections import Counter
from collections.abc import Iterator
from urllib.parse import parse_qsl, quote

from dryshot.http import Request

__all__ = ["Names", "body_of", "comment", "headers_of", "quoted"]

_FORM = "application/x-www-form-urlencoded"
_BY_CURL = frozenset(
    {"accept-encoding", "connection", "content-length", "expect", "host", "keep-alive"}
    | {"te", "trailer", "transfer-encoding", "upgrade"}
)
"""Headers that curl sends by itself, or does not understand the answer to."""
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9a-z-]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_SHORTEST = 8
"""Shorter texts are in others by chance."""


def quoted(text: str) -> str:
    """A text as one word."""
    return shlex.quote(text)


def comment(text: str) -> str:
    """A line that does nothing, whatever is in it."""
    return f"# {_CONTROL.sub(' ', text)}"


class Names:
    """The variables that stand for texts: credentials, instances, ids."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._kinds: dict[str, str] = {}
        self._counts: Counter[str] = Counter()
        self._needed: dict[str, str | None] = {}
        self._given: set[str] = set()

    def expect(self, text: str, kind: str) -> None:
        """Never show a text; its variable is named when it is first used."""
        self._kinds[text] = kind

    def default(self, text: str, kind: str) -> None:
        """Let a text be a variable that has the text as its value, unless it has another."""
        if text not in self._names:
            self._needed[self._name(text, kind)] = text

    def give(self, text: str, kind: str) -> str:
        """The variable of what an answer gave; from here on it stands for the text."""
        name = self._names.get(text) or self._name(text, kind)
        self._given.add(name)
        return name

    def declarations(self) -> str:
        """The lines that see to the variables which no answer gives."""
        lines = []
        for name, value in self._needed.items():
            if value is None:
                lines.append(f': "${{{name}:?is needed: a credential}}"\n')
            else:
                lines.append(f'[ -n "${{{name}:-}}" ] || {name}={quoted(value)}\n')
        return "".join(lines)

    def quoted(self, text: str) -> str:
        """A text as one word, in which variables stand for what they stand for."""
        parts = (f'"${one}"' if is_name else quoted(one) for one, is_name in self._split(text))
        return "".join(parts) or "''"

    def text(self, text: str) -> str:
        """A text to be read by people, with the names of the variables in it."""
        return "".join(f"${one}" if is_name else one for one, is_name in self._split(text))

    def holds(self, text: str) -> bool:
        """Whether there is anything in a text for which a variable stands."""
        return any(is_name for _, is_name in self._split(text))

    def _split(self, text: str) -> Iterator[tuple[str, bool]]:
        known = {*self._names, *self._kinds}
        texts = sorted((one for one in known if one in text), key=len, reverse=True)
        if not texts:
            if text:
                yield text, False
            return
        pattern = "|".join(map(re.escape, texts))
        for index, part in enumerate(re.split(f"({pattern})", text)):
            if index % 2:
                yield self._use(part), True
            elif part:
                yield part, False

    def _use(self, text: str) -> str:
        if text in self._names:
            return self._names[text]
        name = self._name(text, self._kinds[text])
        self._needed[name] = None
        return name

    def _name(self, text: str, kind: str) -> str:
        self._counts[kind] += 1
        number = self._counts[kind]
        name = f"DRYSHOT_{kind}" + (f"_{number}" if number > 1 else "")
        if len(text) >= _SHORTEST:
            self._names[text] = name
        return name


def headers_of(request: Request, names: Names) -> Iterator[str]:
    """The headers as options of curl, and those away that curl would add."""
    headers = request.headers
    if instance := headers.get("service-crn"):
        names.default(instance, "INSTANCE")
    for name, value in headers.items():
        if name not in _BY_CURL and _HEADER_NAME.fullmatch(name):
            line = f"{name}: {_CONTROL.sub(' ', value)}" if value else f"{name};"
            yield f"--header {names.quoted(line)}"
    for name in ("accept", "user-agent", *(["content-type"] if request.body else [])):
        if name not in headers:
            yield f"--header '{name}:'"


def body_of(request: Request, names: Names) -> tuple[str, list[str]]:
    """What feeds curl with the body, and the options that make it take that."""
    body = request.body
    if not body:
        return "", []
    try:
        text = body.decode()
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:  # a shell cannot hold it
        octal = "".join(f"\\{byte:03o}" for byte in body)
        return f"printf '{octal}' | ", ["--data-binary @-"]
    if request.headers.get("content-type", "").startswith(_FORM) and names.holds(text):
        pairs = parse_qsl(text, keep_blank_values=True)
        options = (names.quoted(f"{quote(name)}={value}") for name, value in pairs)
        return "", [f"--data-urlencode {option}" for option in options]
    return f"printf %s {names.quoted(text)} | ", ["--data-binary @-"]
