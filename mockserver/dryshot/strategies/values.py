"""Values that fit a schema of a document, as hypothesis strategies."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from dryshot.strategies.merging import NOT, alternatives, kinds

__all__ = ["Values"]

Strategy = st.SearchStrategy[Any]

_MORE = 2
"""How many items a list, and unnamed properties an object, has beyond those it must have."""
_FAR = 2**31
_KEYWORDS_OF = {
    "object": ("properties", "required", "additionalProperties", "propertyNames", "minProperties"),
    "array": ("items", "prefixItems", "minItems", "maxItems"),
    "string": ("minLength", "maxLength", "pattern", "format"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
}
_LETTERS = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"))


def _instant(moment: datetime) -> str:
    return moment.isoformat().removesuffix("+00:00") + "Z"


_INSTANTS = st.datetimes(datetime(2020, 1, 1), datetime(2035, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone
_FORMATS: Mapping[str, Strategy] = {
    "date-time": _INSTANTS.map(_instant),
    "date": _INSTANTS.map(lambda moment: moment.date().isoformat()),
    "uuid": st.uuids(version=4).map(str),
    "uri": st.from_regex(r"https://[a-z]{1,8}[.]example/[a-z0-9]{0,8}", fullmatch=True),
}


class Values:
    """Strategies for the schemas of one document; what was made is kept.

    What is declared may be absent where it need not be there; what is not declared is not made up.
    ``letters`` are those of texts that nothing else is said of.
    """

    def __init__(self, document: Mapping[str, Any], letters: Strategy = _LETTERS) -> None:
        self._document = document
        self._letters = letters
        self._made: dict[str, Strategy] = {}

    def of(self, schema: Any) -> Strategy:
        """Values of a schema that stands in the document."""
        if isinstance(schema, bool):
            schema = {} if schema else {"enum": []}
        key = json.dumps(schema, sort_keys=True)
        if key not in self._made:
            # deferred, because a schema may hold itself
            self._made[key] = st.deferred(lambda: self._of(schema))
        return self._made[key]

    def resolve(self, reference: str) -> Any:
        """What a ``$ref`` names."""
        node: Any = self._document
        for part in reference.removeprefix("#/").split("/"):
            key = part.replace("~1", "/").replace("~0", "~")
            node = node[int(key)] if isinstance(node, list) else node[key]
        return node

    def _of(self, schema: Any) -> Strategy:
        made = [self._flat(one) for one in alternatives(schema, self.resolve)]
        return st.one_of(made)

    def _flat(self, schema: Mapping[str, Any]) -> Strategy:
        if "const" in schema:
            return st.just(schema["const"])
        if "enum" in schema:
            return st.sampled_from(schema["enum"]) if schema["enum"] else st.nothing()
        possible = kinds(schema)
        if "type" not in schema:
            said = [kind for kind, keys in _KEYWORDS_OF.items() if any(k in schema for k in keys)]
            possible = tuple(said or ("string", "integer", "boolean"))
        made = st.one_of([self._kind(schema, kind) for kind in possible])
        refused = schema.get(NOT, ())
        return made.filter(lambda value: value not in refused) if refused else made

    def _kind(self, schema: Mapping[str, Any], kind: str) -> Strategy:
        match kind:
            case "object":
                return self._objects(schema)
            case "array":
                return self._arrays(schema)
            case "string":
                return self._strings(schema)
            case "integer":
                return _integers(schema)
            case "number":
                return _integers(schema) | _floats(schema)
            case "boolean":
                return st.booleans()
        return st.none()

    def _strings(self, schema: Mapping[str, Any]) -> Strategy:
        low = schema.get("minLength", 0)
        high = min(schema.get("maxLength", low + 12), low + 12)
        if "format" in schema:
            return _FORMATS[schema["format"]]
        if "pattern" not in schema:
            return st.text(self._letters, min_size=low, max_size=high)
        made = _matching(schema["pattern"])
        if "minLength" in schema or "maxLength" in schema:
            longest = schema.get("maxLength", float("inf"))
            return made.filter(lambda text: low <= len(text) <= longest)
        return made

    def _arrays(self, schema: Mapping[str, Any]) -> Strategy:
        low = schema.get("minItems", 0)
        high = min(schema.get("maxItems", low + _MORE), low + _MORE)
        if "prefixItems" in schema:
            parts = [self.of(part) for part in schema["prefixItems"]]
            most = min(len(parts), schema.get("maxItems", len(parts)))
            lengths = range(low, most + 1)
            return st.one_of([st.tuples(*parts[:length]).map(list) for length in lengths])
        return st.lists(
            self.of(schema.get("items", True)),
            min_size=low,
            max_size=high,
            unique_by=json.dumps if schema.get("uniqueItems") else None,
        )

    def _objects(self, schema: Mapping[str, Any]) -> Strategy:
        required = schema.get("required", ())
        known = schema.get("properties", {})
        more = schema.get("additionalProperties", True)
        must = {name: self.of(known.get(name, more)) for name in required}
        may = {
            name: self.of(part)
            for name, part in known.items()
            if name not in must and part is not False
        }
        low = schema.get("minProperties", 0)
        high = schema.get("maxProperties", float("inf"))
        named = st.fixed_dictionaries(must, optional=may if high else {})
        if ("additionalProperties" in schema and not isinstance(more, bool)) or low > len(must):
            unnamed = self._unnamed(schema, max(0, low - len(must)), high)
            named = st.tuples(unnamed, named).map(_joined)
        if schema.get("dependentRequired"):
            named = named.map(lambda made: _independent(made, schema["dependentRequired"]))
        return named.filter(lambda made: low <= len(made) <= high) if low or high < _FAR else named

    def _unnamed(self, schema: Mapping[str, Any], low: int, high: float) -> Strategy:
        """Properties that are allowed without being declared."""
        names = self.of({"allOf": [{"type": "string"}, schema.get("propertyNames", True)]})
        known = schema.get("properties", {})
        return st.dictionaries(
            names.filter(lambda name: name not in known),
            self.of(schema.get("additionalProperties", True)),
            min_size=low,
            max_size=int(min(high, low + _MORE)),
        )


def _joined(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {name: value for part in parts for name, value in part.items()}


def _independent(made: dict[str, Any], needs: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Without what would need something that is not there."""
    while lacking := [name for name in needs if name in made and not {*needs[name]} <= {*made}]:
        made = {name: value for name, value in made.items() if name not in lacking}
    return made


def _matching(pattern: str) -> Strategy:
    """Texts of a pattern, which need not match the whole unless it says so."""
    if pattern.startswith("^") and pattern.endswith("$"):
        return st.from_regex(pattern[1:-1], fullmatch=True)
    return st.from_regex(pattern, alphabet=st.characters(min_codepoint=32, max_codepoint=126))


def _integers(schema: Mapping[str, Any]) -> Strategy:
    low = schema.get("minimum", -_FAR if "maximum" in schema else 0)
    if "exclusiveMinimum" in schema:
        low = max(low, int(schema["exclusiveMinimum"]) + 1)
    high = schema.get("maximum", max(low, 0) + _FAR)
    if "exclusiveMaximum" in schema:
        high = min(high, schema["exclusiveMaximum"] - 1)
    low, high = int(-(-low // 1)), int(high // 1)
    return st.integers(low, high) if low <= high else st.nothing()


def _floats(schema: Mapping[str, Any]) -> Strategy:
    low = schema.get("exclusiveMinimum", schema.get("minimum", 0))
    high = schema.get("exclusiveMaximum", schema.get("maximum", max(low, 0) + _FAR))
    return st.floats(
        float(low),
        float(high),
        allow_nan=False,
        exclude_min="exclusiveMinimum" in schema,
        exclude_max="exclusiveMaximum" in schema,
    )
