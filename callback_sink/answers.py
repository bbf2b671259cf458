"""What the sink answers: the next answers of a bin are scripted beforehand, and used up in order."""

from typing import Annotated, NotRequired, TypedDict
from wsgiref.util import is_hop_by_hop

from msgspec import Meta, Struct, structs, to_builtins

from callback_sink.inbox import BinName
from elements_local.kit.api.json_text import encode
from elements_local.kit.http_message import DELAY_HEADER, Reply
from elements_local.kit.traffic.fault_rules import HeaderName, HeaderValue

# `$` alone would let a line feed follow, and `\Z` is no word of a JSON schema's

_BODILESS = frozenset({204, 205, 304})


class AnswerJson(TypedDict):
    """An answer as it was scripted."""

    status: int
    times: NotRequired[int]
    body: NotRequired[object]
    headers: NotRequired[dict[str, str]]
    delay_s: NotRequired[float]
    drop: NotRequired[bool]
    half_read: NotRequired[bool]


class ScriptedResponse(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One way to answer; left as it is, 200 with ``{}``.

    Attributes:
        times: how many callbacks it is for; None for all that follow.
        body: a text is sent as it is, anything else as JSON.
        headers: besides, or instead of, those that the answer has anyway.
        delay_s: how long the answer says it took; virtual, nobody waits.
        drop: hang up without an answer.
        half_read: read half of the body, then hang up.
    """

    status: Annotated[int, Meta(ge=200, le=599)] = 200
    times: Annotated[int, Meta(ge=1)] | None = None
    body: object = None  # JSON; msgspec cannot read the recursive type that says so
    headers: dict[HeaderName, HeaderValue] = {}
    delay_s: Annotated[float, Meta(ge=0, le=1_000_000)] = 0
    drop: bool = False
    half_read: bool = False

    def __post_init__(self) -> None:
        """Refuse what no server could send."""
        if self.body is not None and self.status in _BODILESS:
            raise ValueError(f"an answer of status {self.status} has no body")
        for name in self.headers:
            # with a wrong one the server could not keep the connection in order
            if is_hop_by_hop(name) or name.lower() in {"content-length", "trailer"}:
                raise ValueError(f"the header {name} is the server's to set")

    @property
    def hangs_up(self) -> bool:
        """Whether there is no answer at all."""
        return self.drop or self.half_read

    def read(self, body: bytes) -> bytes:
        """Return as much of a body as is read before this answer."""
        return body[: len(body) // 2] if self.half_read else body

    def to_json(self) -> AnswerJson:
        """Return the answer as it was scripted, its status always with it."""
        scripted: AnswerJson = {"status": self.status}
        scripted.update(to_builtins(self))
        return scripted


class Script(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a bin is configured to answer."""

    bin: BinName
    responses: list[ScriptedResponse]

    def __post_init__(self) -> None:
        """Refuse answers that would never be given."""
        for at, answer in enumerate(self.responses[:-1]):
            if answer.times is None:
                raise ValueError(
                    f"responses[{at}] has no `times` and would be given for ever, so "
                    f"responses[{at + 1}] never is; only the last may go without"
                )


def next_answer(scripted: list[ScriptedResponse]) -> tuple[ScriptedResponse, list[ScriptedResponse]]:
    """Return the answer to the next callback, and what is scripted for those after it.

    >>> answer, left = next_answer([ScriptedResponse(status=503, times=2)])
    >>> answer.status, [(other.status, other.times) for other in left]
    (503, [(503, 1)])
    """
    if not scripted:
        return ScriptedResponse(), []
    first, *rest = scripted
    # An answer without `times` is never used up.
    if first.times is None:
        return first, scripted
    if first.times == 1:
        return first, rest
    return first, [structs.replace(first, times=first.times - 1), *rest]


def reply_of(answer: ScriptedResponse) -> Reply:
    """Write an answer as it goes over the wire.

    Source: that a receiver's 200 is a success (the vendor's API test suite, documented); the body ``{}``
        is assumed, nobody reads it.
    """
    body, kind = _body(answer)
    # by their names in lower case: a scripted content type is not joined by a second one
    headers = {"content-type": ("Content-Type", kind)} if kind else {}
    headers |= {name.lower(): (name, value) for name, value in answer.headers.items()}
    if answer.delay_s:
        headers[DELAY_HEADER.lower()] = DELAY_HEADER, f"{answer.delay_s:.15g}"
    return Reply(status=answer.status, header_list=[*headers.values()], body=body)


def _body(answer: ScriptedResponse) -> tuple[bytes, str | None]:
    if answer.status in _BODILESS:
        return b"", None
    if isinstance(answer.body, str):
        return answer.body.encode(), "text/plain; charset=utf-8"
    return encode({} if answer.body is None else answer.body), "application/json"
