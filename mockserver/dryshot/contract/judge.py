"""openapi-core as the judge: slow, thorough, and asked only about what the gate did not pass."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from dryshot.contract.explain import expected, explain
from dryshot.contract.formats import FORMATS
from dryshot.contract.problems import Problem
from dryshot.contract.wire import (
    FORM,
    JSON,
    MAX_DEPTH,
    NotDecodable,
    decode_body,
    decode_form,
    decode_json,
    decode_loose_json,
    decode_text,
    media_type,
)
from dryshot.http import Request, Response

if TYPE_CHECKING:
    from jsonschema_path import SchemaPath

    from dryshot.contract.operations import Operation

__all__ = ["Judge"]

_BODIES: Mapping[str, Callable[[bytes], Any]] = {JSON: decode_body, FORM: decode_form}


class _Request(NamedTuple):
    """A request as openapi-core reads it; ``path`` is the template that was matched."""

    method: str
    path: str
    parameters: Any
    content_type: str
    body: bytes | None
    host_url: str = ""


class _Response(NamedTuple):
    """A response as openapi-core reads it."""

    status_code: int
    content_type: str
    headers: Any
    data: bytes | None


class _Headers(dict[str, str]):
    """Header values by lower-case name, found whatever the case."""

    def __contains__(self, name: object) -> bool:
        return super().__contains__(str(name).lower())

    def __getitem__(self, name: str) -> str:
        return super().__getitem__(name.lower())


class _Finder:
    """Finds what was matched before: our router decides, so that both judge the same operation."""

    def __init__(self, spec: SchemaPath, base_url: str | None = None) -> None:
        from openapi_core.templating.datatypes import TemplateResult
        from openapi_core.templating.paths.datatypes import PathOperationServer

        self._spec = spec
        self._base_url = base_url
        self._found = PathOperationServer
        self._template = TemplateResult

    def find(self, method: str, name: str) -> Any:
        """The operation of ``method`` at the template ``name``."""
        path = self._spec / "paths" / name
        return self._found(path, path / method, None, self._template(name, {}), None)


class _NoSecurity:
    """Takes any credentials: to check them is not the contract's business."""

    def create(self, scheme: SchemaPath) -> Callable[[Any], str]:
        """What reads a credential of ``scheme`` from a request."""
        del scheme
        return lambda _parameters: ""


class Judge:
    """openapi-core's validators for one document, and their errors in our words."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        from jsonschema_path import SchemaPath
        from openapi_core import V31RequestValidator, V31ResponseValidator
        from openapi_core.datatypes import RequestParameters
        from openapi_core.validation.request.validators import (
            V31RequestBodyValidator,
            V31RequestParametersValidator,
        )
        from werkzeug.datastructures import ImmutableMultiDict

        self._parameters = RequestParameters
        self._multi_dict = ImmutableMultiDict
        spec = SchemaPath.from_dict(dict(document))
        common = {
            "path_finder_cls": _Finder,
            # the document is checked by a test: to check it here would cost most of a second
            "spec_validator_cls": None,
            "extra_format_validators": dict(FORMATS),
        }
        halves = {
            (True, True): V31RequestValidator,
            (True, False): V31RequestParametersValidator,
            (False, True): V31RequestBodyValidator,
        }
        self._requests: dict[tuple[bool, bool], Any] = {
            half: validator(
                spec,
                security_provider_factory=_NoSecurity(),
                extra_media_type_deserializers={
                    JSON: _decoder(decode_body),
                    FORM: _decoder(lambda body: ImmutableMultiDict(decode_form(body))),
                },
                **common,
            )
            for half, validator in halves.items()
        }
        self._responses = V31ResponseValidator(
            spec,
            extra_media_type_deserializers={
                JSON: _decoder(decode_json),
                "text/plain": _decoder(decode_text),
            },
            **common,
        )

    def request_problems(
        self,
        operation: Operation,
        path_params: Mapping[str, str],
        request: Request,
        *,
        parameters: bool = True,
        body: bool = True,
    ) -> tuple[Problem, ...]:
        """What is wrong with the request, or with that half of it; empty if nothing is."""
        from urllib.parse import parse_qsl

        kind = operation.body.kind if operation.body else JSON
        asked = _Request(
            method=operation.method.lower(),
            path=operation.path,
            parameters=self._parameters(
                query=self._multi_dict(parse_qsl(request.query, keep_blank_values=True)),
                header=_Headers(request.headers),
                path=dict(path_params),
            ),
            content_type=media_type(request.headers.get("content-type") or kind),
            body=request.body or None,
        )
        try:
            errors = list(self._requests[parameters, body].iter_errors(asked))
            found = [_explain(error, request.body, _BODIES[kind]) for error in errors]
        except RecursionError:
            deep = f"the body is nested deeper than {MAX_DEPTH} levels"
            return (Problem("body", "", "json", deep),)
        return _flat(found)

    def response_problems(self, operation: Operation, response: Response) -> tuple[Problem, ...]:
        """What is wrong with the response; empty if nothing is."""
        answer = operation.answer(response.status)
        if answer is None:
            message = f"the status is none of {', '.join(operation.answers)}"
            return (Problem("status", "", "status", message),)
        if response.body and not answer.contents:
            return (Problem("body", "", "empty", "the body must be empty"),)
        asked = _Request(operation.method.lower(), operation.path, None, "", None)
        kind = media_type(response.headers.get("content-type", ""))
        body = _tighten(response.body) if answer.loose and kind == JSON else response.body
        answered = _Response(
            status_code=response.status,
            content_type=kind,
            headers=_Headers(response.headers),
            data=body or None,
        )
        errors = self._responses.iter_errors(asked, answered)
        return _flat(_explain(error, body, decode_json) for error in errors)


def _decoder(decode: Callable[[bytes], Any]) -> Callable[..., Any]:
    return lambda value, **_parameters: decode(value)


def _tighten(body: bytes) -> bytes:
    """A body in which some number stands where NaN or an infinity did."""
    try:
        return json.dumps(decode_loose_json(body)).encode()
    except NotDecodable:
        return body


def _flat(groups: Iterable[list[Problem]]) -> tuple[Problem, ...]:
    return tuple(problem for group in groups for problem in group)


def _explain(error: Any, body: bytes, decode: Callable[[bytes], Any]) -> list[Problem]:
    """The problems behind one error; its name and its cause tell what happened."""
    cause = error.__cause__
    name, location = getattr(error, "name", None), getattr(error, "location", "header")
    if name is None:
        return _explain_body(error, cause, body, decode)
    errors = getattr(cause, "schema_errors", None)
    if errors is not None:
        return explain(errors, location, name)
    if type(error).__name__ == "MissingRequiredParameter" or cause is None:
        return [Problem(location, name, "required", f"{name} is required in the {location}")]
    if type(cause).__name__ == "EmptyQueryParameterValue":
        return [Problem(location, name, "minLength", f"{name} must not be empty")]
    kind = getattr(cause, "type", None) or "string"
    return [Problem(location, name, "type", f"{name} must be {expected(kind)}")]


def _explain_body(
    error: Any, cause: Any, body: bytes, decode: Callable[[bytes], Any]
) -> list[Problem]:
    errors = getattr(cause, "schema_errors", None)
    if errors is not None:
        return explain(errors, "body")
    match type(cause).__name__:
        case "NoneType":
            return [Problem("body", "", "required", "the body is required, and it is empty")]
        case "MediaTypeNotFound":
            kinds = " or ".join(cause.availableMimetypes)
            message = f"the content-type must be {kinds}"
            return [Problem("content-type", "", "media-type", message)]
        case "MediaTypeDeserializeError":
            try:
                decode(body)
            except NotDecodable as reason:
                return [Problem("body", "", "json", f"the body {reason}")]
    return [Problem("body", "", "type", f"the body is not valid: {type(error).__name__}")]
