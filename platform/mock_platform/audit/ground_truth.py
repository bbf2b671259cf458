"""The CRM's own log of changes, asked for over HTTP like everything else of the CRM's."""

from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from urllib.parse import quote, urlsplit

from msgspec import DecodeError, Struct
from msgspec.json import Decoder

from mock_kit.storage.retention import Pruned
from mock_kit.web.wire import Http, NoReply, Reply
from mock_kit.workspaces.instants import format_instant
from mock_platform.audit.oracle import ExpectedEventType, LoggedChange
from mock_platform.audit.reckoning import StampedChange
from mock_platform.configuration.masking import Values
from mock_platform.elements.insightly import dialect as insightly
from mock_platform.errors import ConflictError, ProviderError

_PATH = "/_local/changes"


class _Entry(Struct, rename="camel"):
    seq: int
    resource: str
    record_id: str
    change: Literal["CREATED", "UPDATED", "DELETED"]
    at: datetime
    updated: datetime


class _Log(Struct):
    changes: list[_Entry]
    next: str | None = None
    pruned: Pruned | None = None


_log = Decoder(_Log)


@dataclass(frozen=True, kw_only=True)
class ChangeLog:
    """Changes by the collection that they are of, in lower case.

    Attributes:
        pruned: what the CRM keeps no more.
    """

    changes: Mapping[str, Sequence[StampedChange]]
    pruned: Pruned | None


@dataclass(frozen=True, kw_only=True)
class GroundTruth:
    """The log of the CRM that an instance polls.

    Attributes:
        crm_url: of this stack's own CRM; the vendor's host stands for it.
        own_key: the API key of the workspace in that CRM, for an instance whose own is refused.
        admin_headers: what this stack's admin routes want to see; no other CRM is shown them.
    """

    http: Http
    crm_url: str
    own_key: str = field(repr=False)
    admin_headers: Mapping[str, str] = field(repr=False)

    def log(self, configuration: Values, *, since: datetime) -> ChangeLog:
        """Return the changes since an instant, from all pages.

        Raises:
            ProviderError: the CRM does not answer, refuses, or answers with something else.
            ConflictError: it keeps no such log.
        """
        url = f"{self._origin(configuration)}{_PATH}"
        asked = f"{url}?since={quote(format_instant(since))}"
        page = self._page(url, asked, configuration)
        entries = page.changes
        while page.next and page.changes:
            page = self._page(url, f"{asked}&after={entries[-1].seq}", configuration)
            entries += page.changes
        return ChangeLog(changes=_by_collection(entries), pruned=page.pruned)

    def _page(self, url: str, asked: str, configuration: Values) -> _Log:
        reply = self._ask(asked, configuration)
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
            raise _failed(f"{url} answered something else than a log of changes: {error}") from error

    def _ask(self, url: str, configuration: Values) -> Reply | NoReply:
        """Ask with the instance's own credentials, and the workspace's if these are refused: that may be the trouble."""
        headers = insightly.headers(configuration)
        if not url.startswith(f"{self.crm_url}/"):
            return self.http.send("GET", url, headers=headers)
        reply = self.http.send("GET", url, headers={**self.admin_headers, **headers})
        if not isinstance(reply, Reply) or reply.status != 401:
            return reply
        key = b64encode(f"{self.own_key}:".encode()).decode()
        return self.http.send("GET", url, headers={**self.admin_headers, "Authorization": f"Basic {key}"})

    def _origin(self, configuration: Values) -> str:
        url = configuration.get("base.url") or ""
        try:
            parts = urlsplit(url)
        except ValueError:  # half an IPv6 address; whoever sends there says so
            return url
        return self.crm_url if parts.hostname == insightly.VENDOR_HOST else f"{parts.scheme}://{parts.netloc}"


def _by_collection(entries: Iterable[_Entry]) -> dict[str, list[StampedChange]]:
    found = dict[str, list[StampedChange]]()
    for entry in entries:
        change = LoggedChange(
            seq=entry.seq, record_id=entry.record_id, kind=ExpectedEventType(entry.change), at=entry.at
        )
        stamped = StampedChange(change=change, updated=entry.updated)
        found.setdefault(entry.resource.lower(), []).append(stamped)
    return found


def _failed(message: str) -> ProviderError:
    return ProviderError(status=502, message=message)
