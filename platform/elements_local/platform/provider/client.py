"""A call to a vendor: send it, read the answer, or say what is wrong with it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from msgspec import Struct

from elements_local.kit.api.json_text import DEEPEST, MalformedJsonError, decode, encode, is_deeper_than
from elements_local.kit.web.outbound import NonAdminHttp
from elements_local.kit.wire import Http, NoReply, Reply
from elements_local.platform.errors import ProviderError

Record = dict[str, object]


class ProviderRequest(Struct, frozen=True, kw_only=True):
    """A call to make: method, URL below the instance's ``base.url``, and a body or none."""

    method: str
    path: str
    body: Mapping[str, object] | None = None


@dataclass(frozen=True, kw_only=True)
class ProviderClient:
    """A vendor's API, as one instance reaches it.

    Attributes:
        vendor: its name, for errors.
        base_url: what the paths of calls lie below.
        headers: of every call; the instance's credentials are among them.
        refusal: makes the platform's error of an answer that is no success.
    """

    http: Http
    vendor: str
    base_url: str
    headers: Mapping[str, str] = field(repr=False)
    refusal: Callable[[int, bytes], ProviderError]

    def send(self, request: ProviderRequest) -> Reply:
        """Send a call.

        Raises:
            ProviderError: the vendor refuses it, or does not answer.
        """
        body = b"" if request.body is None else encode(request.body)
        headers = {**self.headers, **({"Content-Type": "application/json"} if body else {})}
        # A base URL is a client's to choose; it must not lead to the stack's own admin routes.
        reply = NonAdminHttp(self.http).send(
            request.method, self.base_url + request.path, headers=headers, body=body
        )
        if isinstance(reply, NoReply):
            raise self._error(f" did not answer: {reply.reason}")
        if not reply.ok:
            raise self.refusal(reply.status, reply.body)
        return reply

    def record(self, request: ProviderRequest) -> Record:
        """Send a call that is answered with a record, and return that.

        Raises:
            ProviderError: it is refused, or answered with something else.
        """
        record = self._decoded(self.send(request))
        if not isinstance(record, dict):
            raise self._error(" answered a record with something else")
        return record

    def records(self, request: ProviderRequest) -> tuple[list[Record], Reply]:
        """Send a call that is answered with a list, and return that, and the answer for its headers.

        Raises:
            ProviderError: it is refused, or answered with something else.
        """
        reply = self.send(request)
        answered = self._decoded(reply)
        records = (
            [record for record in answered if isinstance(record, dict)] if isinstance(answered, list) else []
        )
        # One entry that is no record spoils the list: leaving it out would lose a record without a word.
        if not isinstance(answered, list) or len(records) < len(answered):
            raise self._error(" answered a list of records with something else")
        return records, reply

    def _decoded(self, reply: Reply) -> object:
        """Read an answer.

        Raises:
            ProviderError: it is no JSON, or so deep that nobody could write it down again.
        """
        try:
            value = decode(reply.body)
        except MalformedJsonError as error:
            raise self._error(f"'s answer is no JSON: {error}", reply.body) from error
        if is_deeper_than(value, DEEPEST):
            raise self._error(f"'s answer is nested deeper than {DEEPEST} levels", reply.body)
        return value

    def _error(self, what: str, body: bytes | None = None) -> ProviderError:
        words = None if body is None else body[:200].decode("utf-8", "replace")
        return ProviderError(status=502, message=f"{self.vendor}{what}", provider_message=words)
