"""The service: one :data:`~dryshot.http.Endpoint` that speaks every dialect of one world.

Each request goes the same way::

    tick -> find the site -> strike if a fault is set -> match -> authenticate -> limit
    -> check the request -> handle -> check the answer -> journal
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple, Protocol

from dryshot.clock import Clock
from dryshot.contract import (
    Call,
    InvalidRequest,
    Match,
    MethodNotAllowed,
    NoSuchPath,
    Operation,
)
from dryshot.dialects.dialect import Dialect
from dryshot.errors import DryshotError, Invalid, Problem, Refusal, ServiceFailure
from dryshot.faults import Duplicate, Fail, Faults
from dryshot.http import Delivery, Request, Response
from dryshot.journal import Exchange, Journal, Origin
from dryshot.sites import Sites

__all__ = ["MAX_BODY_BYTES", "Prompter", "Reader", "Service"]

MAX_BODY_BYTES = 50 * 1024 * 1024
"""The largest request body taken; the figure of today's documentation."""

_MOST_KEPT, _LONGEST_KEPT = 256, 256
"""How many places are known again, and how many characters their paths have at most."""


class Prompter(Protocol):
    """Who knows what was answered before, and has a word before and after each request."""

    def before(self, request: Request) -> Response | None:
        """An answer, without asking the mock; None to ask it. What it raises reaches the caller."""

    def after(self, request: Request, own: Response) -> tuple[Response, Origin]:
        """The answer that is sent where the mock's own is ``own``, and whose it is."""


class Reader(Protocol):
    """Who is to know what of a request is read; ``Service.reads`` is None if nobody is."""

    def follow(self, document: str, call: Call) -> Call:
        """The same call, in mappings that tell."""


class _Place(NamedTuple):
    """What a request is for; ``match`` is None if that is no operation."""

    dialect: Dialect
    path: str | None
    match: Match | None

    def require(self, request: Request) -> Match:
        """The operation, else ``NoSuchPath`` or ``MethodNotAllowed``."""
        if self.match is not None:
            return self.match
        if self.path is None:
            raise NoSuchPath(request.path)
        return self.dialect.contract.match(request.method, self.path)


class Service:
    """Answers requests to the hosts that the dialects' OpenAPI documents name as servers.

    A request to any other host (loopback, a test server) finds its dialect by its path's prefix.
    """

    def __init__(
        self,
        clock: Clock,
        dialects: Iterable[Dialect],
        journal: Journal,
        *,
        faults: Faults,
        max_body_bytes: int = MAX_BODY_BYTES,
        prompter: Prompter | None = None,
    ) -> None:
        self._clock = clock
        self._journal = journal
        self._faults = faults
        self._max_body_bytes = max_body_bytes
        self._prompter = prompter
        self.reads: Reader | None = None
        self._places: dict[tuple[str, str, str], _Place] = {}
        dialects = tuple(dialects)
        journal.operations = frozenset(
            name for dialect in dialects for name in dialect.contract.operations
        )
        self._sites = Sites(
            (server, dialect) for dialect in dialects for server in dialect.contract.servers
        )

    @property
    def hosts(self) -> frozenset[str]:
        """Every host name that is stood in for."""
        return self._sites.hosts

    def __call__(self, request: Request) -> Response:
        """Answer one request; ``SpecDrift`` if the answer is not what the document allows."""
        with self._clock.lock:
            self._clock.tick()
            place = self._find(request)
            if self._faults.pending:
                return self._try(place, request)
            exchange = self._reply(place, request)
            self._journal.add(exchange)
        return exchange.response

    def _reply(self, place: _Place, request: Request) -> Exchange:
        """Process a request."""
        dialect = place.dialect
        operation: Operation | None = None
        problems: tuple[Problem, ...] = ()
        try:
            match = place.require(request)
            operation = match.operation
            response = self._answer(dialect, match, request)
        except MethodNotAllowed as error:
            response = dialect.respond(dialect.refuse(error, None))
            allow = ", ".join(error.allowed)
            response = replace(response, headers={**response.headers, "allow": allow})
        except ServiceFailure as error:
            response = _failure(dialect, operation, error)
        except (InvalidRequest, NoSuchPath, Refusal) as error:
            problems = _problems(error)
            response = dialect.respond(dialect.refuse(error, operation))
        origin: Origin = "mock"
        if self._prompter is not None:
            response, origin = self._prompter.after(request, response)
        if origin == "recorded":
            pass  # the service itself once answered so, whatever its document says
        elif operation is None:
            dialect.contract.check_refusal(response)
        else:
            dialect.contract.check_response(operation, response)
        name = operation.id if operation else None
        return Exchange(
            request, response, name, self._clock.now(), origin=origin, problems=problems
        )

    def _try(self, place: _Place, request: Request) -> Response:
        """The same where faults may strike; they strike calls of operations only."""
        dialect, strike = place.dialect, None
        operation = None if place.match is None else place.match.operation
        if operation is not None:
            document, now = dialect.contract.name, self._clock.time()
            strike = self._faults.strike(request, document, operation.id, now)
        if operation is None or strike is None:
            exchange = self._reply(place, request)
            self._journal.add(exchange)
            return exchange.response
        effect = strike.effect
        if effect is not None and effect.when == "before":
            own = Exchange(request, Response(0), operation.id, self._clock.now())
        else:
            own = self._reply(place, request)
        response = own.response
        if isinstance(effect, Fail):
            failure = ServiceFailure(effect.status, strike.retry_after)
            response = _failure(dialect, operation, failure)
            if operation.answer(effect.status) is not None:  # else it is not the document's affair
                dialect.contract.check_response(operation, response)
        elif isinstance(effect, Duplicate):
            self._journal.add(replace(own, fault=strike.name))
            own = self._reply(place, request)
            response = response if effect.given == "first" else own.response
        elif effect is not None:
            response = effect.answer(response)
        if strike.delay or response.delivery is not None:
            delivery = response.delivery or Delivery()
            delivery = replace(delivery, delay=strike.delay, elapse=self._clock.advance)
            response = replace(response, delivery=delivery)
        kept = own.response if isinstance(effect, Duplicate) else response
        self._journal.add(replace(own, response=kept, fault=strike.name))
        return response

    def _find(self, request: Request) -> _Place:
        """The first dialect that knows the path, else one of the host to say that it does not."""
        key = request.method, request.host, request.path
        place = self._places.get(key)
        if place is None:
            place = self._look(request)
            if place.match is not None and len(request.path) <= _LONGEST_KEPT:
                if len(self._places) >= _MOST_KEPT:
                    self._places.clear()
                self._places[key] = place
        return place

    def _look(self, request: Request) -> _Place:
        for dialect, path in self._sites.find(request.host, request.path):
            if dialect.contract.knows(path):
                return _Place(dialect, path, _match(dialect, request.method, path))
        return _Place(self._sites.nearest(request.host), None, None)

    def _answer(self, dialect: Dialect, match: Match, request: Request) -> Response:
        account = dialect.authenticate(request) if match.operation.authenticated else None
        if len(request.body) > self._max_body_bytes:
            size = f"{len(request.body)} bytes; at most {self._max_body_bytes} are taken"
            raise InvalidRequest((Problem("body", "", "size", f"The body has {size}."),))
        call = dialect.contract.read_request(match, request)
        if self.reads is not None:
            call = self.reads.follow(dialect.contract.name, call)
        known = self._prompter.before(request) if self._prompter is not None else None
        return dialect.handle(call, account) if known is None else known


def _match(dialect: Dialect, method: str, path: str) -> Match | None:
    """The operation that a request is for."""
    try:
        return dialect.contract.match(method, path)
    except MethodNotAllowed:
        return None


def _failure(dialect: Dialect, operation: Operation | None, error: ServiceFailure) -> Response:
    """The service's own words for its failure."""
    response = dialect.respond(dialect.refuse(error, operation))
    if error.retry_after is None:
        return response
    after = f"{error.retry_after:g}"
    return replace(response, headers={**response.headers, "retry-after": after})


def _problems(error: DryshotError) -> tuple[Problem, ...]:
    """What is wrong with the values of a request that is refused."""
    if isinstance(error, InvalidRequest):
        return error.problems
    if isinstance(error, Invalid):
        return (Problem("body", error.field, "refused", str(error)),)
    return ()
