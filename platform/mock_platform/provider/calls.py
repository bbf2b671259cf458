"""One call to the CRM: send it, read the answer, or say what is wrong with it."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from mock_kit.api.json_text import DEEPEST, MalformedJsonError, decode, encode, is_deeper_than
from mock_kit.web.outbound import NonAdminHttp
from mock_kit.web.wire import Http, NoReply, Reply
from mock_platform.configuration.masking import Values
from mock_platform.elements.insightly import dialect as insightly
from mock_platform.elements.request_to_provider import ProviderRequest
from mock_platform.errors import ProviderError

Record = dict[str, object]


@dataclass(frozen=True, kw_only=True)
class ProviderClient:
    """The CRM, as one instance's configuration reaches it.

    Attributes:
        crm_url: where calls go that are meant for the vendor's own host.
    """

    http: Http
    crm_url: str

    def send(self, configuration: Values, asked: ProviderRequest) -> Reply:
        """Send a call.

        Raises:
            ProviderError: the CRM refuses it, or does not answer.
        """
        headers = insightly.headers(configuration)
        body = b"" if asked.body is None else encode(asked.body)
        if body:
            headers["Content-Type"] = "application/json"
        url = self._base_url(configuration) + asked.path
        reply = NonAdminHttp(self.http).send(asked.method, url, headers=headers, body=body)
        if isinstance(reply, NoReply):
            raise ProviderError(status=502, message=f"Insightly did not answer: {reply.reason}")
        if not reply.ok:
            raise insightly.refusal(reply.status, reply.body)
        return reply

    def record(self, configuration: Values, asked: ProviderRequest) -> Record:
        """Send a call that is answered with a record, and return that.

        Raises:
            ProviderError: it is refused, or answered with something else.
        """
        record = _decoded(self.send(configuration, asked))
        if not isinstance(record, dict):
            raise ProviderError(status=502, message="Insightly answered a record with something else")
        return record

    def page(self, configuration: Values, asked: ProviderRequest, *, skip: int) -> tuple[list[Record], int]:
        """Send a call that is answered with a list, and return that, and where the whole list ends.

        Args:
            skip: records before the list's first; what is known of the end where the CRM does not count.

        Raises:
            ProviderError: it is refused, or answered with something else.
        """
        reply = self.send(configuration, asked)
        answered = _decoded(reply)
        records = (
            [record for record in answered if isinstance(record, dict)] if isinstance(answered, list) else []
        )
        if not isinstance(answered, list) or len(records) < len(answered):
            raise ProviderError(
                status=502, message="Insightly answered a list of records with something else"
            )
        return records, reply.headers.get("X-Total-Count", default=skip + len(records), type=int)

    def _base_url(self, configuration: Values) -> str:
        """Return where calls go: the vendor's own host is the CRM of this stack."""
        url = (configuration.get("base.url") or "").rstrip("/")
        try:
            parts = urlsplit(url)
        except ValueError:  # half an IPv6 address; whoever sends there says so
            return url
        return self.crm_url + parts.path if parts.hostname == insightly.VENDOR_HOST else url


def _decoded(reply: Reply) -> object:
    """Read an answer.

    Raises:
        ProviderError: it is no JSON, or so deep that nobody could write it down again.
    """
    words = reply.body[:200].decode("utf-8", "replace")
    try:
        value = decode(reply.body)
    except MalformedJsonError as error:
        raise ProviderError(
            status=502, message=f"Insightly's answer is no JSON: {error}", provider_message=words
        ) from error
    if is_deeper_than(value, DEEPEST):
        message = f"Insightly's answer is nested deeper than {DEEPEST} levels"
        raise ProviderError(status=502, message=message, provider_message=words)
    return value
