"""Wrong requests, made from a right one; the document says that they are wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from dryshot.conformance.caller import Call
from dryshot.contract.wire import FORM
from dryshot.strategies.exchanges import body_schema, find_operation, parameters, values_of
from dryshot.strategies.merging import alternatives

__all__ = ["wrong_calls"]

_VALUES: tuple[Any, ...] = (-5, "abc", 1.5, [], {}, None, True, [1], "x" * 20_000)
_TEXTS = ("abc", "-1", "2.5", "x" * 2_000)
_PAGES = ("limit", "offset", "previous", "next")
_EXTRA = "dryshot_no_such_field"


def wrong_calls(right: Call) -> Iterator[tuple[str, str, Call]]:
    """The check that each is for, what is wrong with it, and the call."""
    yield from _queries(right)
    if right.operation.body is not None:
        yield from _bodies(right)


def _queries(right: Call) -> Iterator[tuple[str, str, Call]]:
    for node in parameters(*find_operation(right.key)):
        if node["in"] != "query":
            continue
        name = node["name"]
        check = "paging" if name in _PAGES else "types"
        if node.get("required"):
            rest = {key: value for key, value in right.query.items() if key != name}
            yield "required", f"without {name}", right.replaced(query=rest)
        for text in _TEXTS:
            wrong = right.replaced(query={**right.query, name: text})
            if not wrong.allowed:
                yield check, f"{name}={_short(text)}", wrong
                break


def _bodies(right: Call) -> Iterator[tuple[str, str, Call]]:
    for check, what, wrong in (*_lacking(right), *_malformed(right), *_extended(right)):
        if not wrong.allowed:
            yield check, what, wrong
    if right.kind == FORM:  # whose fields are texts, whatever they are
        return
    for name in right.body.get("params") or ():
        yield from _first_wrong(f"params.{name}", partial(_with_param, right, name))
    for name in _properties(right):
        yield from _first_wrong(name, partial(_with, right, name))


def _first_wrong(name: str, make: Callable[[Any], Call]) -> Iterator[tuple[str, str, Call]]:
    """With the first value that the document does not allow there, if there is one."""
    for value in _VALUES:
        if not (wrong := make(value)).allowed:
            yield "types", f"{name}: {_short(value)}", wrong
            return


def _lacking(right: Call) -> Iterator[tuple[str, str, Call]]:
    for name in right.body:
        rest = {key: value for key, value in right.body.items() if key != name}
        yield "required", f"without {name}", right.replaced(body=rest)
    yield "required", "without a body", right.replaced(body=None)


def _malformed(right: Call) -> Iterator[tuple[str, str, Call]]:
    if right.kind != FORM:
        yield "types", "a body that is not JSON", right.replaced(body=b"{")
        yield "types", "a list as the body", right.replaced(body=b"[]")


def _extended(right: Call) -> Iterator[tuple[str, str, Call]]:
    if right.kind == FORM:
        return
    yield "fields", f"with {_EXTRA}", right.replaced(body={**right.body, _EXTRA: 1})
    if "params" in right.body:
        yield "fields", f"with params.{_EXTRA}", _within(right, {_EXTRA: 1})


def _with(right: Call, name: str, value: Any) -> Call:
    return right.replaced(body={**right.body, name: value})


def _with_param(right: Call, name: str, value: Any) -> Call:
    return _within(right, {name: value})


def _within(right: Call, changes: Mapping[str, Any]) -> Call:
    return right.replaced(body={**right.body, "params": {**right.body["params"], **changes}})


def _properties(right: Call) -> list[str]:
    """Every field that the body may have."""
    schema, _, _ = body_schema(*find_operation(right.key))
    found = alternatives(schema, values_of(right.contract.name).resolve)
    return list(dict.fromkeys(name for one in found for name in one.get("properties", ())))


def _short(value: Any) -> str:
    text = repr(value) if not isinstance(value, str) else value
    return text if len(text) <= 24 else f"{text[:8]}... ({len(text)} characters)"  # noqa: PLR2004 - fits a line
