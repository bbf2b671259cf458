"""Scripted misbehaviour: which request a rule hits, and what becomes of the answer.

A rule says what to match, what to do, when (the first three, every second, one in ten), and whether
it applies before or after the side effect. Everything is decided from the rule and a count, so the
same requests in the same order meet the same faults.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from fnmatch import fnmatchcase
from http import HTTPMethod
from math import inf
from typing import Annotated

from msgspec import Meta, Struct, ValidationError, convert, to_builtins
from werkzeug.datastructures import Headers

from elements_local.kit.api.json_text import Json, encode
from elements_local.kit.api.shape_words import PATTERNS, refusal
from elements_local.kit.http_message import BODILESS, DELAY_HEADER, DroppedError, Reply
from elements_local.kit.seeded import number
from elements_local.kit.text import HEADER_NAME, shortened

_Count = Annotated[int, Meta(ge=1)]
# `$` alone lets a line feed follow; `\Z`, which does not, would mean a letter to readers of a JSON schema
_HEADER_NAME = rf"^{HEADER_NAME}$(?!\n)"
PATTERNS[_HEADER_NAME] = "a header's name"
HeaderName = Annotated[str, Meta(pattern=_HEADER_NAME)]
HeaderValue = Annotated[
    str, Meta(pattern=r"^[\x20-\x7e\t]*$(?!\n)", description="a header's value, of printable ASCII letters")
]
_FRAMING = frozenset(
    {
        "connection",
        "content-length",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "te",
        "trailer",
        "trailers",
        "transfer-encoding",
        "upgrade",
    }
)


class FaultRuleError(ValueError):
    """A fault rule cannot be read."""


class Phase(Enum):
    """Whether the fault applies before or after the service has done its work."""

    BEFORE = "before"
    AFTER = "after"


class Match(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Which requests a rule is about: a method, and a path with ``*`` for anything. Case does not count."""

    method: str = "*"
    path: str = "*"

    def matches(self, method: str, path: str) -> bool:
        """Say whether a request is meant."""
        return self.takes(method) and fits(path.lower(), self.path.lower())

    def takes(self, method: str) -> bool:
        """Say whether requests of a method are meant, on any path."""
        return fits(method.upper(), self.method.upper())

    def validation_error(self) -> str | None:
        """Return why no request can be meant; None if one can."""
        if not any(map(self.takes, HTTPMethod)):
            return f"match.method {shortened(self.method, 20)!r} is not an HTTP method: give one such as GET, or * for any"
        path = f"match.path {shortened(self.path, 100)!r}"
        if "?" in self.path:
            return f"{path} has a query, and paths are matched without theirs: leave it out"
        if not self.path.startswith(("/", "*")):
            return f"{path} fits no path: begin it with / or *"
        if f"{self.path}/".startswith("/_local/"):
            return f"{path} is that of an admin route, which no rule applies to"
        return None


class Effect(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What becomes of the answer.

    Attributes:
        status, body, headers: replace those of the answer; a body that is no text is sent as JSON.
        delay_s: the answer counts as N seconds late; nobody waits. The platform's time-out is 30 s.
        truncate: N bytes of the body are sent, then the connection is closed.
        drop: the connection is closed without an answer.
        hold: the call is held until the rule is no longer there, its client hangs up, or a minute of real time is over.

    A service that knows further ones declares them in a class of its own, and obeys them itself.
    """

    status: Annotated[int, Meta(ge=200, le=599)] | None = None
    body: object = None  # JSON; msgspec cannot read the recursive type that says so
    headers: dict[HeaderName, HeaderValue] = {}
    delay_s: Annotated[float, Meta(ge=0, le=1e9)] = 0
    truncate: Annotated[int, Meta(ge=0)] | None = None
    drop: bool = False
    hold: bool = False

    @property
    def replaces(self) -> bool:
        """Whether the service's own answer is of no further use."""
        return self.drop or self.status is not None

    def validation_error(self, _phase: Phase) -> str | None:
        """Return why this cannot be done; None if it can."""
        if self == type(self)():
            return f"a rule has no effect: give {_any_of(type(self))}"
        for name in self.headers:
            if name.lower() in _FRAMING:
                return f"{name} is the server's to send, not a rule's; to cut an answer short, give truncate or drop"
        return None


class When(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Which of the matching requests are hit; every condition given must hold."""

    first_n: _Count | None = None
    every_n: _Count | None = None
    probability: Annotated[float, Meta(ge=0, le=1)] | None = None
    seed: int = 0

    def validation_error(self) -> str | None:
        """Return why no request is ever hit; None if one is."""
        if (self.every_n or 0) > (self.first_n or inf):
            return (
                f"when.every_n {self.every_n} is more than first_n {self.first_n}, so the rule never applies"
            )
        return None

    def holds(self, nth: int) -> bool:
        """Say whether the nth matching request, counted from 1, is hit."""
        return (
            (self.first_n is None or nth <= self.first_n)
            and (self.every_n is None or nth % self.every_n == 0)
            and (
                self.probability is None
                or number(self.seed, nth, low=0, high=10**9) < self.probability * 10**9
            )
        )


class FaultRule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One scripted misbehaviour.

    Attributes:
        service: the service that the rule is for; only a reader's aid where the rule is already there.
        until: the instant from which the rule no longer applies.
    """

    effect: Effect
    service: str | None = None
    match: Match = Match()
    when: When = When()
    phase: Phase = Phase.BEFORE
    until: Annotated[datetime, Meta(tz=True)] | None = None

    def validation_error(self) -> str | None:
        """Return why this rule can never do what it says; None if it can."""
        return (
            self.effect.validation_error(self.phase)
            or self.match.validation_error()
            or self.when.validation_error()
        )

    def applies(self, nth: int, *, now: datetime) -> bool:
        """Say whether the nth matching request is hit at this instant."""
        return (self.until is None or now < self.until) and self.when.holds(nth)

    def to_json(self) -> Json:
        """Return the rule as it was written, without what is left at its default."""
        written: Json = to_builtins(self)
        return written


class FaultRules(Struct, frozen=True, forbid_unknown_fields=True):
    """What is put in the place of all rules; a service with effects of its own has one of its own."""

    faults: Sequence[FaultRule]


def parse_rules(value: Json, *, service: str, shape: type[FaultRules] = FaultRules) -> list[FaultRule]:
    """Read ``{"faults": [rule, ...]}``.

    Args:
        shape: that of the service's rules.

    Raises:
        FaultRuleError: a key or a value is not one of a rule, or a rule is for another service.
    """
    try:
        rules = list(convert(value, shape).faults)
    except ValidationError as error:
        raise FaultRuleError(
            f'expected {{"faults": [{{"effect": {{...}}, ...}}]}}: {refusal(value, shape, whole="the whole")}'
        ) from error
    for rule in rules:
        if rule.service not in {None, service}:
            raise FaultRuleError(
                f"a rule is for {rule.service!r}; this is {service!r}: put it to that service"
            )
        objection = rule.validation_error()
        if objection:
            raise FaultRuleError(objection)
    return rules


def _any_of(effect: type[Effect]) -> str:
    *names, last = effect.__struct_fields__
    return f"{', '.join(names)} or {last}"


def distort(reply: Reply, effect: Effect) -> Reply:
    """Return what a service sends once a fault has struck.

    Raises:
        DroppedError: the connection is to be closed without an answer.
    """
    if effect.drop:
        raise DroppedError
    status = effect.status or reply.status
    headers = Headers(reply.header_list)
    body = reply.body
    if status in BODILESS:
        body = b""
        # a server that sends a length with 204 or 304 leaves some clients waiting for a body
        headers.remove("Content-Length")
        headers.remove("Content-Type")
    elif effect.status is not None or effect.body is not None:
        text = effect.body if effect.body is not None else {"message": "scripted fault"}
        body = text.encode() if isinstance(text, str) else encode(text)
        headers["Content-Type"] = "text/plain; charset=utf-8" if isinstance(text, str) else "application/json"
        headers["Content-Length"] = str(len(body))
    # the whole length is promised, so that the client can tell that the answer was cut
    elif effect.truncate is not None:
        headers.setdefault("Content-Length", str(len(body)))
    for name, value in effect.headers.items():
        headers[name] = value
    if effect.delay_s:
        headers[DELAY_HEADER] = f"{effect.delay_s:.15g}"
    return Reply(status=status, header_list=list(headers), body=body[: effect.truncate])


def fits(text: str, pattern: str) -> bool:
    """Compare as a shell would, but for ``?`` and ``[``, which mean themselves."""
    # a path is written by hand, and `?` begins a query there; only `*` is worth having as a pattern
    return fnmatchcase(text, pattern.replace("[", "[[]").replace("?", "[?]"))
