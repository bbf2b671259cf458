"""Speaks to the CRM on an instance's behalf: asks the dialect what to send, sends it, reads the answer."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from mock_kit.json_text import DEEPEST, MalformedJsonError, decode, encode, is_deeper_than
from mock_kit.wire import Http, NoReply, Reply
from mock_platform.domain.ceql import Clause, matches
from mock_platform.domain.errors import ProviderError
from mock_platform.domain.masking import Values
from mock_platform.elements import insightly
from mock_platform.elements.insightly import LARGEST_PAGE, Listing, Request

Record = dict[str, object]


@dataclass(frozen=True, kw_only=True)
class Page:
    """A stretch of a list.

    Attributes:
        next_offset: where the page after this one starts among the CRM's records; None on the last page.
    """

    records: list[Record] = field(default_factory=list)
    next_offset: int | None = None


@dataclass(frozen=True, kw_only=True)
class Provider:
    """The CRM, as one instance's configuration reaches it.

    Attributes:
        crm_url: where calls go that are meant for the vendor's own host.
    """

    http: Http
    crm_url: str

    def check(self, configuration: Values) -> None:
        """Make sure that the credentials are good.

        Raises:
            ProviderError: the CRM refuses them, or does not answer.
        """
        self._send(configuration, insightly.credentials_check())

    def page(  # noqa: PLR0913 - what a list takes
        self,
        configuration: Values,
        resource: str,
        where: Clause | None,
        *,
        size: int,
        offset: int,
        skip: int = 0,
    ) -> Page:
        """Return a stretch of a list.

        Args:
            size: records at the most.
            offset: the CRM's record at which to start.
            skip: matching records to pass over from there.
        """
        listing = insightly.listing(resource, where)
        if listing.residual is None:
            return self._plain_page(configuration, listing, size=size, offset=offset + skip)
        return self._filtered_page(configuration, listing, size=size, offset=offset, skip=skip)

    def get(self, configuration: Values, resource: str, record_id: str) -> Record:
        """Return one record."""
        return self._record(self._send(configuration, insightly.get(resource, record_id)))

    def create(self, configuration: Values, resource: str, body: Mapping[str, object]) -> Record:
        """Make a record and return it."""
        return self._record(self._send(configuration, insightly.create(resource, body)))

    def update(
        self, configuration: Values, resource: str, record_id: str, body: Mapping[str, object]
    ) -> Record:
        """Change some fields of a record and return it."""
        base_url = configuration.get("base.url") or ""
        stored = (
            self.get(configuration, resource, record_id)
            if insightly.needs_stored(body, base_url=base_url)
            else None
        )
        asked = insightly.update(resource, record_id, body, base_url=base_url, stored=stored)
        return self._record(self._send(configuration, asked))

    def delete(self, configuration: Values, resource: str, record_id: str) -> None:
        """Delete a record."""
        self._send(configuration, insightly.delete(resource, record_id))

    def _plain_page(self, configuration: Values, listing: Listing, *, size: int, offset: int) -> Page:
        """Return what the CRM filters all by itself."""
        records, total = self._stretch(configuration, listing, top=size, skip=offset)
        end = offset + len(records)
        return Page(records=records, next_offset=end if records and end < total else None)

    def _filtered_page(
        self, configuration: Values, listing: Listing, *, size: int, offset: int, skip: int
    ) -> Page:
        """Return what is left after filtering here, reading on until the page is full or nothing is left.

        One more match is looked for, since a last page must not promise another.
        """
        found: list[Record] = []
        for at, record in self._walk(configuration, listing, offset):
            if listing.residual is not None and not matches(listing.residual, record):
                continue
            if skip:
                skip -= 1
            elif len(found) == size:
                return Page(records=found, next_offset=at)
            else:
                found.append(record)
        return Page(records=found)

    def _walk(self, configuration: Values, listing: Listing, offset: int) -> Iterator[tuple[int, Record]]:
        """Yield the CRM's records with their places, one large page in memory at a time."""
        while True:
            records, total = self._stretch(configuration, listing, top=LARGEST_PAGE, skip=offset)
            yield from enumerate(records, start=offset)
            offset += len(records)
            if not records or offset >= total:
                return

    def _stretch(
        self, configuration: Values, listing: Listing, *, top: int, skip: int
    ) -> tuple[list[Record], int]:
        reply = self._send(configuration, listing.page(top=top, skip=skip))
        answered = _decoded(reply)
        records = (
            [record for record in answered if isinstance(record, dict)] if isinstance(answered, list) else []
        )
        if not isinstance(answered, list) or len(records) < len(answered):
            raise ProviderError(
                status=502, message="Insightly answered a list of records with something else"
            )
        return records, reply.headers.get("X-Total-Count", default=skip + len(records), type=int)

    def _record(self, reply: Reply) -> Record:
        record = _decoded(reply)
        if not isinstance(record, dict):
            raise ProviderError(status=502, message="Insightly answered a record with something else")
        return record

    def _send(self, configuration: Values, asked: Request) -> Reply:
        headers = insightly.headers(configuration)
        body = b"" if asked.body is None else encode(asked.body)
        if body:
            headers["Content-Type"] = "application/json"
        url = self._base_url(configuration) + asked.path
        reply = self.http.send(asked.method, url, headers=headers, body=body)
        if isinstance(reply, NoReply):
            raise ProviderError(status=502, message=f"Insightly did not answer: {reply.reason}")
        if not reply.ok:
            raise insightly.refusal(reply.status, reply.body)
        return reply

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
