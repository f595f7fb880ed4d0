"""Request bodies of a document: JSON, or a form whose fields are texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dryshot.contract.schemas import Schemas, accepts
from dryshot.contract.wire import FORM, JSON, NotDecodable, decode_body, decode_form, media_type
from dryshot.errors import ContractError

if TYPE_CHECKING:
    from jsonschema_rs import Draft202012Validator

    from dryshot.http import Request

__all__ = ["Body", "read_body"]

_UNSUITED_TO_FORMS = ("allOf", "anyOf", "oneOf", "patternProperties")


@dataclass(frozen=True, slots=True)
class Body:
    """What a request's body must be; ``fields`` are those of a form, whose others are ignored."""

    kind: str
    required: bool
    validator: Draft202012Validator
    fields: tuple[str, ...] = ()

    def read(self, request: Request) -> tuple[bool, Any]:
        """Whether the body is surely valid, and what it says."""
        if not request.body:
            return not self.required, None
        kind = request.headers.get("content-type") or self.kind
        if kind != self.kind and media_type(kind) != self.kind:
            return False, None
        try:
            value = self._decode(request.body)
        except NotDecodable:
            return False, None
        return accepts(self.validator, value), value

    def _decode(self, body: bytes) -> Any:
        if self.kind == JSON:
            return decode_body(body)
        given = decode_form(body)
        return {name: given[name][0] for name in self.fields if name in given}


def read_body(schemas: Schemas, node: Mapping[str, Any], here: str) -> Body | None:
    """The body of the operation ``node``; ``ContractError`` if it is of a kind not supported."""
    if "requestBody" not in node:
        return None
    body, pointer = schemas.resolve(node["requestBody"], f"{here}/requestBody")
    kinds = list(body.get("content", {}))
    if kinds not in ([JSON], [FORM]):
        raise ContractError(f"{pointer}: a request body must be {JSON} or {FORM}, one of them")
    (kind,) = kinds
    media, where = body["content"][kind], f"{pointer}/content/{kind.replace('/', '~1')}"
    if "schema" not in media:
        raise ContractError(f"{where}: there is no schema")
    validator = schemas.compile(f"{where}/schema")
    fields = _fields(schemas, media, where) if kind == FORM else ()
    return Body(kind, body.get("required", False), validator, fields)


def _fields(schemas: Schemas, media: Mapping[str, Any], where: str) -> tuple[str, ...]:
    """The fields of a form, as far as the gate and the judge surely read them alike."""
    form, pointer = schemas.resolve(media["schema"], f"{where}/schema")
    odd = [key for key in _UNSUITED_TO_FORMS if key in form]
    if odd or "encoding" in media or form.get("additionalProperties") is False:
        reason = "only properties, of which unknown ones are ignored, and no encoding"
        raise ContractError(f"{pointer}: a form has {reason}")
    for name, part in form.get("properties", {}).items():
        field, _ = schemas.resolve(part, f"{pointer}/properties/{name}")
        if field.get("type") != "string" or "default" in field:
            raise ContractError(f"{pointer}: {name} must be a string without a default")
    return tuple(form.get("properties", ()))
