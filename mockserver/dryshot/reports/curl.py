"""A journal as a shell script that asks the same again, of a mock or of any other server."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import quote

from dryshot.clock import isoformat
from dryshot.http import Request
from dryshot.journal import Entry
from dryshot.journal.exchanges import read_json
from dryshot.recording.cassette import Interaction
from dryshot.reports.cleaning import Clean, clean
from dryshot.reports.shell import Names, body_of, comment, headers_of, quoted

__all__ = ["script_of", "script_of_clean"]

_GIVEN = {
    "legacy-auth.login_with_token": ("id", "TOKEN"),
    "platform-iam.create_token": ("access_token", "TOKEN"),
    "legacy-runtime.create_job": ("id", "JOB"),
    "platform-runtime.create_job": ("id", "JOB"),
    "platform-runtime.create_session": ("id", "SESSION"),
}
"""Which field of an operation's answer later requests name, and what it is."""

_HEAD = """\
#!/bin/sh
# {count}, as dryshot's journal has them; run it with sh, curl is needed.
#
# DRYSHOT_URL is the server that is asked, by default where `dryshot serve` is. No credential is in
# this file: API keys have to be in the environment, under the names below. Tokens and ids come
# from the answers. The script ends with 1 if an answer has another status than it had.
set -u
: "${{DRYSHOT_URL:=http://127.0.0.1:8787}}"
"""
_FUNCTIONS = """\
newline='
'
differ=0
ask() {
    curl -q --silent --show-error --globoff --path-as-is --write-out '\\n%{http_code}' "$@"
}
show() {  # what was asked, the status that there was, and whether the answer may be shown
    status=${answer##*"$newline"}
    answer=${answer%"$newline"*}
    if [ -z "$2" ] || [ "$status" = "$2" ]; then
        printf '%s: %s\\n' "$1" "$status"
    else
        printf '%s: %s, and it was %s\\n' "$1" "$status" "$2"
        differ=1
    fi
    [ "$3" = hidden ] || [ -z "$answer" ] || printf '%s\\n' "$answer"
}
field() {  # the text of a field of the answer
    printf '%s\\n' "$answer" | sed -n 's/.*"'"$1"'" *: *"\\([^"]*\\)".*/\\1/p' | head -n 1
}
"""


def script_of(entries: Sequence[Entry]) -> str:
    """Exchanges without secrets; see :func:`script_of_clean`."""
    return script_of_clean(clean(entries))


def script_of_clean(told: Clean) -> str:
    """A script for ``sh``.

    What logs in takes its key from a variable and sets the one of the token; ids of jobs and
    sessions are variables in what follows their creation, so that the script does elsewhere what
    was done here.
    """
    names = Names()
    for pseudonym, kind in told.credentials.items():
        names.expect(pseudonym, "API_KEY" if kind in {"api key", "secret"} else "TOKEN")
    steps = [
        "\n".join(_step(entry, shown, names))
        for entry, shown in zip(told.entries, told.interactions, strict=True)
    ]
    count = "1 request" if len(steps) == 1 else f"{len(steps)} requests"
    parts = [_HEAD.format(count=count) + names.declarations(), _FUNCTIONS]
    return "\n".join([*parts, *(f"{step}\n" for step in steps), 'exit "$differ"\n'])


def _step(entry: Entry, shown: Interaction, names: Names) -> Iterator[str]:
    request, exchange = shown.request, entry.exchange
    name = entry.operation or "no operation"
    title = f"{entry.sequence}. {request.method} {request.target}"
    yield comment(f"{title} ({name}), {entry.status or 'no answer'} at {isoformat(entry.at)}")
    if entry.fault is not None:
        yield comment(f"A fault had struck: {entry.fault}")
    if exchange.request_size is not None:
        yield comment("It is left out: its body was too large to be kept.")
        return
    feed, data = body_of(request, names)
    call = ["ask", *_method(request), *headers_of(request, names), *data, _url(request, names)]
    yield f"answer=$({feed}{' '.join(call)})"
    field, kind = _GIVEN.get(shown.operation or "", ("", ""))
    status = "" if entry.fault is not None else str(entry.status)
    hidden = "hidden" if kind == "TOKEN" else "shown"
    yield f"show {quoted(names.text(title))} '{status}' {hidden}"
    answer = read_json(shown.response.body)
    given = answer.get(field) if field and isinstance(answer, dict) else None
    if isinstance(given, str) and given:
        yield f"{names.give(given, kind)}=$(field {field})"


def _method(request: Request) -> list[str]:
    return ["--head"] if request.method == "HEAD" else ["--request", quoted(request.method)]


def _url(request: Request, names: Names) -> str:
    target = quote(request.target, safe="/?&=%+:@!$'()*,;~[]")
    return f'"$DRYSHOT_URL"{names.quoted(target)}'
