"""What the pages are made with, and what stands around each of them: workspace, clock, services."""

import hmac
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from secrets import token_bytes, token_urlsafe
from threading import BoundedSemaphore, Event, Lock
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import urlsplit

import msgspec
from flask import Response, current_app, g, redirect, render_template, request, url_for
from msgspec import Struct
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as BaseResponse

from elements_local.clients.records import COLLECTIONS
from elements_local.clients.service_client import ServiceClient, query_of
from elements_local.clients.workspace_clients import SERVICES, Credentials, WorkspaceClients
from elements_local.dashboard.advances import Advances
from elements_local.dashboard.copies import Copies
from elements_local.dashboard.first_minute import ShownStep
from elements_local.kit.text import whole_number

if TYPE_CHECKING:
    from elements_local.stack.listed_settings import ListedSetting
    from elements_local.stack.stack import Stack

EXTENSION = "elements-local-dashboard"
DEFAULT = "default"
MOST_STREAMS = 24
"""Streams at the same time; each holds a thread of the server for as long as it lasts."""

_MOST_NOTICES = 100

Answer: TypeAlias = str | BaseResponse | tuple[str | BaseResponse, int]
"""What views return: a page, or another answer; with its status, if that is not 200."""


class Notice(Struct, frozen=True, kw_only=True):
    """What came of a form: said once, on the page that follows.

    Attributes:
        kind: ``good``, ``bad``, or ``warn`` of what ended short of what was asked for.
        way_back: to which instant the workspace can be put back; empty if it cannot.
    """

    text: str
    kind: str = "good"
    way_back: str = ""


class WayBack(Struct, frozen=True, kw_only=True):
    """What a workspace was like before time was moved in it."""

    workspace: str
    at: str
    snapshot: dict[str, Any]


class Notices:
    """Notices that no page has shown yet, so that no URL can put words into a page; the oldest go, of many that nobody fetches."""

    def __init__(self) -> None:
        self._kept: dict[str, Notice] = {}
        self._turn = Lock()

    def add(self, notice: Notice) -> str:
        """Keep a notice, and return what it is fetched by."""
        name = token_urlsafe(6)
        with self._turn:
            self._kept[name] = notice
            if len(self._kept) > _MOST_NOTICES:
                del self._kept[next(iter(self._kept))]
        return name

    def take(self, name: str) -> Notice | None:
        """Return a notice, and forget it."""
        with self._turn:
            return self._kept.pop(name, None)


ScenarioSoFar = Callable[["Stack", str], str]
"""Returns what was done in a workspace as the text of a scenario; raises HarnessError if that cannot be written down."""

SettingsInEffect = Callable[[], "list[ListedSetting]"]
"""Returns the settings that a stack goes by."""


@dataclass(frozen=True, kw_only=True)
class PageAccess:
    """Who is let in.

    Attributes:
        token: what the stack asks of callers of admin routes; None on loopback.
        key: what forms and cookies are signed with; another one after each start.
    """

    token: str | None = field(repr=False)
    key: bytes = field(repr=False, default_factory=lambda: token_bytes(32))

    @property
    def form_token(self) -> str:
        """What each form carries, and no page of another site can know."""
        return self._sign("form")

    @property
    def cookie(self) -> str:
        """What a browser shows that has sent the token once."""
        return self._sign(f"admin {self.token}")

    def takes(self, token: str) -> bool:
        """Say whether a token is the stack's."""
        return self.token is not None and hmac.compare_digest(token.encode(), self.token.encode())

    def lets_in(self, *, cookie: str, header: str) -> bool:
        """Say whether a request may see pages, by its cookie, or by the header that admin routes take."""
        return (
            self.token is None
            or hmac.compare_digest(cookie.encode(), self.cookie.encode())
            or self.takes(header)
        )

    def refusal(self, method: str, headers: Mapping[str, str], *, own_origin: str, form_token: str) -> str:
        """Return why a request is refused as one that another site's page may have sent; empty if it is not.

        Args:
            own_origin: that of the page itself, as the browser called it.
            form_token: that came with a form.
        """
        origin, site = headers.get("Origin"), headers.get("Sec-Fetch-Site", "")
        if origin not in {None, own_origin}:
            return f"the dashboard answers only its own pages; the origin was {origin!r:.300}"
        if method in {"GET", "HEAD"}:
            return ""
        if site in _ELSEWHERE:
            return f"the form was sent by a page of another site (Sec-Fetch-Site: {site})"
        if not hmac.compare_digest(form_token.encode(), self.form_token.encode()):
            return "the form is not of this run of the stack; open the page again, and send it from there"
        return ""

    def _sign(self, text: str) -> str:
        return hmac.digest(self.key, text.encode(), "sha256").hex()


class DashboardDependencies(Struct, frozen=True, kw_only=True):
    """What views need.

    Attributes:
        stack: what is shown.
        closing: set when the stack ends.
        advances: begun from pages.
        stories: what was shown of a lost change, by the workspace in which it was done.
        ways_back: the latest alone, as a snapshot may be large.
        streams: has room for so many more of them.
    """

    stack: "Stack"
    scenario: ScenarioSoFar
    settings: SettingsInEffect
    closing: Event
    advances: Advances
    access: PageAccess
    notices: Notices = msgspec.field(default_factory=Notices)
    stories: dict[str, list[ShownStep]] = msgspec.field(default_factory=dict)
    ways_back: deque[WayBack] = msgspec.field(default_factory=lambda: deque[WayBack](maxlen=1))
    streams: BoundedSemaphore = msgspec.field(default_factory=lambda: BoundedSemaphore(MOST_STREAMS))


def dependencies() -> DashboardDependencies:
    """Return what the present application was made with."""
    found: DashboardDependencies = current_app.extensions[EXTENSION]
    return found


class PageContext:
    """The workspace that the present request is about, asked for as it is needed.

    Attributes:
        state: what the page depends on, as streams compare it; empty where nobody follows.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.state = ""

    @cached_property
    def workspaces(self) -> list[Credentials]:
        """All workspaces of the stack."""
        return dependencies().stack.workspaces()

    @cached_property
    def clients(self) -> WorkspaceClients:
        """The workspace's clients.

        Raises:
            NotFound: there is no such workspace, or no longer.
        """
        for credentials in self.workspaces:
            if credentials.name == self.name:
                return dependencies().stack.clients(credentials)
        raise NotFound(f"There is no workspace {self.name[:80]!r} here, or no longer.")

    @property
    def is_known(self) -> bool:
        """Whether the workspace was found to be there."""
        return "clients" in vars(self)

    @cached_property
    def clock(self) -> dict[str, Any]:
        """What the clock shows."""
        return self.clients.clock.show()

    def address(self, service: str) -> str:
        """Return where a service is."""
        address: str = self.everywhere[service]
        return address

    @cached_property
    def everywhere(self) -> dict[str, str]:
        """The services that run, and the fakes of other vendors, with where each is."""
        fakes = {name: fake.url for name, fake in self.clients.fakes.items()}
        return {**dependencies().stack.addresses.running, **fakes}

    @property
    def runs(self) -> frozenset[str]:
        """The names of the services that run."""
        return frozenset(dependencies().stack.addresses.running)

    @cached_property
    def is_recordable(self) -> bool:
        """Whether all services run, and one process remembers all that they were asked, of which a scenario is made."""
        clients = self.clients
        services = (clients.platform, clients.crm, clients.sink) if len(self.runs) == len(SERVICES) else ()
        return len({each.call_object("GET", "/_local/health").get("process") for each in services}) == 1

    @cached_property
    def pollers(self) -> list[dict[str, Any]]:
        """The instances with what they poll; none where there is no platform."""
        return self.clients.pollers() if "platform" in self.runs else []

    def poller(self, instance_id: int) -> dict[str, Any] | None:
        """Return what an instance polls; None if it is not there."""
        return next((one for one in self.pollers if one["instanceId"] == instance_id), None)


def page() -> PageContext:
    """Return what the present request is about."""
    context: PageContext = g.page
    return context


def clients() -> WorkspaceClients:
    """Return the clients of the workspace that the present request is about."""
    return page().clients


def service_client(service: str) -> ServiceClient:
    """Return the client of a service that runs.

    Raises:
        NotFound: there is none by that name.
    """
    fake = clients().fakes.get(service)
    if service not in page().runs and fake is None:
        raise NotFound(f"No {service[:40]!r} runs here.")
    client: ServiceClient = fake or getattr(clients(), service)
    return client


def whose(service: str, **also: object) -> str:
    """Return the query that says whose workspace an admin call means, where the headers do not."""
    return query_of({**({"workspace": page().name} if service == "sink" else {}), **also})


def read(service: str, path: str, **query: object) -> dict[str, Any]:
    """Return what an admin route of a service says of the workspace.

    Args:
        path: below ``/_local``.
        query: None is left out.
    """
    return service_client(service).call_object("GET", f"/_local/{path}{whose(service, **query)}")


def whole_page(template: str, **values: object) -> str:
    """Return a page with what stands around it."""
    notice = dependencies().notices.take(request.args.get("notice", ""))
    if notice is None and (ended := dependencies().advances.ended(page().name)):
        notice = notice_of(ended[0], is_short=ended[1])
    return render_template(
        template,
        page=page(),
        notice=notice,
        form_token=dependencies().access.form_token,
        here=own_path(),
        **values,
    )


def notice_of(text: str, *, is_short: bool) -> Notice:
    """Return the notice of an advance.

    Args:
        is_short: it ended short of what was asked for.
    """
    if not is_short:
        return Notice(text=text)
    kept = (one.at for one in dependencies().ways_back if one.workspace == page().name)
    return Notice(text=text, kind="warn", way_back=next(kept, ""))


def page_or_copy(template: str, copies: Copies, **values: object) -> str | Response:
    """Return a page about something, or the text of it in the form that ``copy`` in the address names."""
    address = request.host_url.rstrip("/") + own_path(copy=None)
    forms = {**{name: text for name, text in copies.items() if text is not None}, "link": address}
    text = forms.get(request.args.get("copy", ""))
    if text is not None:
        return Response(text, content_type="text/plain; charset=utf-8")
    return whole_page(template, copies=[*forms], **values)


def own_path(**changes: object) -> str:
    """Return the path and query of the present page, without the notice, with some parameters changed.

    Args:
        changes: None takes one out.
    """
    kept = {name: values for name, values in request.args.lists() if name != "notice"}
    given: dict[str, Any] = {**kept, **changes}
    given = {name: value for name, value in given.items() if value not in (None, "")}
    return url_for(request.endpoint or "overview.index", **(request.view_args or {}), **given)


def back(text: str, *, good: bool = True, to: str | None = None) -> BaseResponse:
    """Lead from a form to the page that it was on, or to another one, which says what came of it, and whether that is good."""
    return back_with(Notice(text=text, kind="good" if good else "bad"), to=to)


def back_with(notice: Notice, *, to: str | None = None) -> BaseResponse:
    """Lead from a form to the page that it was on, or to another one, which shows a notice."""
    path = to or local_path(request.form.get("back", "")) or url_for("overview.index")
    mark = "&" if "?" in path else "?"
    return redirect(f"{path}{mark}notice={dependencies().notices.add(notice)}", code=303)


def record_path(kind: str | None, record_id: str) -> str:
    """Return the path of a record's page; empty if it has none, as what others send may be no kind, and no id.

    Args:
        kind: as ``CrmClient`` calls it.
    """
    if not kind or not record_id or (kind not in clients().crm.others and whole_number(record_id) is None):
        return ""
    spelt = next((each for each in COLLECTIONS.values() if each.lower() == kind), kind.replace("/", "."))
    return url_for("records.show", kind=spelt, record_id=record_id)


def start_path() -> str:
    """Return the path of the dashboard, as the browser calls it."""
    return f"{request.script_root}/_local/"


def local_path(text: str) -> str | None:
    """Return a path of the dashboard; None if the text is anything else, such as another site's address."""
    parts = urlsplit(text)
    is_local = not parts.scheme and not parts.netloc and text.startswith(start_path()) and "\\" not in text
    return text if is_local else None


FORM_FIELD = "form_token"
_ELSEWHERE = frozenset({"cross-site", "same-site"})
