"""What this stack's sink has of an instance's callbacks, asked for over HTTP like everything else of its."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property
from urllib.parse import quote, unquote, urlsplit

from msgspec import DecodeError, Struct
from msgspec.json import Decoder

from elements_local.kit.http_message import NoReply
from elements_local.kit.masks import mask_target, mask_url
from elements_local.platform.call import Call
from elements_local.platform.explain.case import ArrivedCallback

_ID = "elements-webhook-id"
_MOST_PAGES = 20


class _Forwarded(Struct):
    url: str
    reason: str | None = None


class _Callback(Struct):
    id: int
    received_at: datetime
    path: str
    headers: dict[str, str]
    status: int | None
    signature: str
    forwards: list[_Forwarded] = []


class _Page(Struct):
    callbacks: list[_Callback]
    pruned: int = 0
    next: str | None = None


_page = Decoder(_Page)


class SinkArrivals:
    """A workspace's callbacks at the sink, read when they are first asked for."""

    def __init__(self, call: Call) -> None:
        self._platform = call.platform
        self._workspace = call.workspace

    def of(self, notification_id: int) -> Sequence[ArrivedCallback] | None:
        """Return the callbacks of a notification; None if the sink does not say."""
        if self._read is None:
            return None
        return self._read.get(str(notification_id), [])

    def notification_of(self, callback: int) -> str | None:
        """Return the notification that a callback carries; None if there is no such callback."""
        for number, arrived in (self._read or {}).items():
            if any(one.id == callback for one in arrived):
                return number
        return None

    @property
    def pruned(self) -> bool:
        """Whether callbacks have made room for others."""
        return bool(self._pages) and self._pages[0].pruned > 0

    def is_own(self, url: str) -> bool:
        """Say whether a URL leads to a bin of the workspace's in this stack's sink."""
        sink, workspaces = self._platform.settings.sink_url, self._platform.workspaces
        if url != sink and not url.startswith((f"{sink}/", f"{sink}?")):
            return False
        # A bin whose name is no workspace's belongs to the default one.
        bin_name = unquote(urlsplit(url).path).lstrip("/").partition("/")[0]
        return (workspaces.named(bin_name) or workspaces.default).name == self._workspace.name

    @cached_property
    def _read(self) -> Mapping[str, list[ArrivedCallback]] | None:
        if not self._pages:
            return None
        by_notification = defaultdict[str, list[ArrivedCallback]](list)
        for one in (each for page in self._pages for each in page.callbacks):
            number = next((value for name, value in one.headers.items() if name.lower() == _ID), "")
            by_notification[number].append(
                ArrivedCallback(
                    id=one.id,
                    at=one.received_at,
                    path=mask_target(one.path),
                    status=one.status,
                    signature=one.signature,
                    relayed=mask_url(one.forwards[-1].url) if one.forwards else None,
                    unanswered=one.forwards[-1].reason if one.forwards else None,
                )
            )
        return by_notification

    @cached_property
    def _pages(self) -> list[_Page]:
        path: str | None = (
            f"/_local/callbacks?workspace={quote(self._workspace.name, safe='')}&limit=1000&bodies=false"
        )
        pages: list[_Page] = []
        while path and len(pages) < _MOST_PAGES:
            page = self._ask(path)
            if page is None:
                return []
            pages.append(page)
            path = page.next
        return pages

    def _ask(self, path: str) -> _Page | None:
        url = f"{self._platform.settings.sink_url}{path}"
        reply = self._platform.http.send("GET", url, headers=dict(self._platform.admin_headers))
        if isinstance(reply, NoReply) or not reply.ok:
            return None
        try:
            return _page.decode(reply.body)
        except (DecodeError, UnicodeDecodeError):
            return None
