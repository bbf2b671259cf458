"""The log of changes that a fake of a vendor keeps, asked for over HTTP like everything else of the vendor's."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal
from urllib.parse import quote, urlsplit

from msgspec import DecodeError, Struct
from msgspec.json import Decoder

from elements_local.kit.http_message import NoReply, Reply
from elements_local.kit.instants import format_instant
from elements_local.kit.storage.retention import Pruned
from elements_local.kit.traffic.calls import ENGINE
from elements_local.platform.core.paths import POLL_HEADER
from elements_local.platform.elements.connector import ChangeLog, StackAccess, VendorCall, VendorChange
from elements_local.platform.errors import ConflictError, ProviderError
from elements_local.platform.provider.service import ProviderClient

_PATH = "/_local/changes"
_JOURNAL = "/_local/journal"


class _Entry(Struct, rename="camel"):
    seq: int
    resource: str
    record_id: str
    change: Literal["CREATED", "UPDATED", "DELETED"]
    at: datetime
    updated: datetime
    created: datetime | None = None


class _Log(Struct):
    changes: list[_Entry]
    next: str | None = None
    pruned: Pruned | None = None


_log = Decoder(_Log)


class _Request(Struct, frozen=True):
    headers: dict[str, str] = {}


class _Call(Struct):
    at: datetime
    method: str
    target: str
    status: int | None
    effect: dict[str, object] = {}
    request: _Request = _Request()


class _Journal(Struct):
    exchanges: list[_Call] = []
    calls: list[_Call] = []
    next: str | None = None


_journal = Decoder(_Journal)


class FakeLog(Struct, frozen=True, kw_only=True):
    """The log of the CRM that an instance polls.

    Attributes:
        calls: how the instance reaches that CRM.
        own_url: where calls go to this stack's own.
        own_headers: what authenticates there a holder of the workspace's key.
    """

    calls: ProviderClient
    own_url: str
    own_headers: Mapping[str, str]
    own_stack: StackAccess

    def read(self, *, since: datetime, after: int = 0) -> ChangeLog:
        """Return the changes since an instant, and after a place in the log, from all pages.

        Raises:
            ProviderError: the CRM does not answer, refuses, or answers with something else.
            ConflictError: it keeps no such log.
        """
        url = f"{self._origin()}{_PATH}"
        first_page = f"{url}?since={quote(format_instant(since))}"
        page = self._page(url, f"{first_page}&after={after}" if after else first_page)
        entries = page.changes
        # Empty pages end it too: a CRM that always names a next page would keep the audit for ever.
        while page.next and page.changes:
            page = self._page(url, f"{first_page}&after={entries[-1].seq}")
            entries += page.changes
        return ChangeLog(changes=list(map(_change, entries)), pruned=page.pruned)

    def noted_calls(self, *, writes: bool) -> list[VendorCall]:
        """Return the calls of polls that the CRM has noted, or those that changed something; none if it does not say.

        Those that changed something are kept the longest if they came from outside; of a snapshot, the journal has them.
        """
        wanted = "reads=false" if writes else f"caller={ENGINE}"
        noted = self._journal(f"{_JOURNAL}?limit=1000&{wanted}").exchanges
        path: str | None = f"{_JOURNAL}/calls?reads=false" if writes else None
        while path:
            page = self._journal(path)
            noted += page.calls
            path = page.next
        return [
            VendorCall(
                method=one.method,
                target=one.target,
                status=one.status,
                effect=one.effect,
                at=one.at,
                poll=one.request.headers.get(POLL_HEADER, ""),
            )
            for one in sorted(noted, key=lambda one: one.at)
        ]

    def _journal(self, path: str) -> _Journal:
        reply = self._ask(f"{self._origin()}{path}")
        if isinstance(reply, NoReply) or not reply.ok:
            return _Journal()
        try:
            return _journal.decode(reply.body)
        except (DecodeError, UnicodeDecodeError):
            return _Journal()

    def _page(self, url: str, page_url: str) -> _Log:
        reply = self._ask(page_url)
        if isinstance(reply, NoReply):
            raise _failed(f"{url} did not answer: {reply.reason}")
        if reply.status == 404:
            raise ConflictError(
                f"{url} is not there: an audit needs the log of changes that the CRM of this stack keeps; "
                "an instance of another CRM cannot be audited"
            )
        if not reply.ok:
            raise _failed(f"{url} answered {reply.status}: {reply.body[:500].decode('utf-8', 'replace')}")
        try:
            return _log.decode(reply.body)
        except (DecodeError, UnicodeDecodeError) as error:
            raise _failed(f"{url} answered something else than a log of changes") from error

    def _ask(self, url: str) -> Reply | NoReply:
        """Ask with the instance's own credentials, and the workspace's if these are refused: that may be the trouble."""
        http, admin, headers = self.calls.http, self.own_stack.admin_headers, self.calls.headers
        if not url.startswith(f"{self.own_url}/"):
            # The admin token is for this stack's own CRM, and goes to no other host.
            return http.send("GET", url, headers=headers)
        if not self.own_stack.first:
            reply = http.send("GET", url, headers={**admin, **headers})
            if not isinstance(reply, Reply) or reply.status != 401:
                return reply
        return http.send("GET", url, headers={**admin, **self.own_headers})

    def _origin(self) -> str:
        url = self.calls.base_url
        if f"{url}/".startswith(f"{self.own_url}/"):
            return self.own_url
        try:
            parts = urlsplit(url)
        except ValueError:  # half an IPv6 address; sending there reports it
            return url
        return f"{parts.scheme}://{parts.netloc}"


def _change(entry: _Entry) -> VendorChange:
    return VendorChange(
        seq=entry.seq,
        collection=entry.resource.lower(),
        record_id=entry.record_id,
        kind=entry.change,
        at=entry.at,
        updated=entry.updated,
        created=entry.created,
    )


def _failed(message: str) -> ProviderError:
    return ProviderError(status=502, message=message)
