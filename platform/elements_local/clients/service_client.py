"""One service as a client sees it: where it is, as whom it is called, the calls themselves, and those of a clock."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from traceback import extract_tb
from typing import Any
from urllib.parse import quote, urlencode

from elements_local.clients.errors import (
    CallError,
    HarnessError,
    NotRunningError,
    OptionError,
    StrangeAnswerError,
    UnreachableError,
)
from elements_local.kit.api.json_text import MalformedJsonError, decode, encode
from elements_local.kit.http_message import Http, NoReply, Reply
from elements_local.kit.instants import UnreadableTimeError, check_unit, format_instant, parse_instant
from elements_local.kit.masks import mask_url
from elements_local.kit.settings import SettingsError

SERVICES = ("platform", "crm", "sink")
TOKEN_HEADER = "Elements-Local-Token"  # noqa: S105 - a header's name


@dataclass(frozen=True, kw_only=True)
class Addresses:
    """Where the three services are, without a slash at the end; nothing for one that does not run."""

    platform: str = ""
    crm: str = ""
    sink: str = ""

    @property
    def running(self) -> dict[str, str]:
        """The services that run, with their addresses."""
        return {name: getattr(self, name) for name in SERVICES if getattr(self, name)}

    @property
    def keeper(self) -> str:
        """The name of the service that keeps clock and workspaces: the platform, or the one that runs alone."""
        return next(iter(self.running), SERVICES[0])


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """What a workspace's users call the services with; empty for a service that does not run.

    Attributes:
        name: the workspace's.
        organization_secret: of the platform's ``Authorization`` header.
        user_secret: of the same.
        crm_username: the CRM user's e-mail address.
        crm_api_key: the user name of the CRM's basic authentication; the password is empty.
        callback_url: the workspace's URL in the sink.
        crms: the fakes of other vendors, by their elements: ``{"url", "credentials"}``, which are configuration keys.

    Example:
        >>> elements_workspace.credentials.callback_url
        'http://127.0.0.1:4702/...'
    """

    name: str
    organization_secret: str = field(repr=False, default="")
    user_secret: str = field(repr=False, default="")
    crm_username: str = ""
    crm_api_key: str = field(repr=False, default="")
    callback_url: str = ""
    crms: Mapping[str, Mapping[str, Any]] = field(repr=False, default_factory=dict)

    @classmethod
    def from_json(cls, workspace: Mapping[str, Any]) -> "Credentials":
        """Read what ``/_local/workspaces`` shows of a workspace."""
        return cls(**{name: workspace[name] for name in cls.__dataclass_fields__ if name in workspace})

    @property
    def secrets(self) -> list[str]:
        """What nobody else may know of it."""
        return [self.organization_secret, self.user_secret, self.crm_api_key]

    def to_json(self) -> dict[str, str]:
        """Return the workspace as ``up --json`` prints it, without what nobody needs."""
        values = {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "crms"}
        return {name: value for name, value in values.items() if value}


@dataclass(frozen=True, kw_only=True, repr=False)
class ServiceClient:
    """One service, called with one set of credentials. All other clients are such, too.

    Attributes:
        url: below which paths are meant.
        headers: sent with every call.
    """

    http: Http
    url: str
    headers: Mapping[str, str]

    def __repr__(self) -> str:
        """Say in a few words which service it is, as pytest shows the arguments of a test that fails."""
        return f"{type(self).__name__}({mask_url(self.url)!r})"

    def send(
        self,
        method: str,
        path: str,
        *,
        json: object = None,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Send a request and return the answer, with any status.

        Args:
            method: such as ``GET``.
            path: below ``url``, with the query.
            json: sent as JSON, in the place of ``body``.
            body: bytes to send.
            headers: besides the client's own.

        Returns:
            A ``Reply``: ``status``, ``ok``, ``body`` (bytes), ``headers``, and ``header(name)``.

        Raises:
            NotRunningError: the service was not started.
            UnreachableError: no answer came.

        Example:
            >>> reply = elements_crm.send("GET", "/v3.1/Contacts/1")
            >>> reply.status, reply.ok
            (404, False)
        """
        if not self.url:
            raise NotRunningError(type(self).__name__.removesuffix("Client"))
        sent = {**self.headers, **(headers or {})}
        if json is not None:
            body = encode(json)
            sent.setdefault("Content-Type", "application/json")
        reply = self.http.send(method, self.url + path, headers=sent, body=body)
        if isinstance(reply, NoReply):
            raise UnreachableError(self.url + path, reply.reason)
        return reply

    def call(self, method: str, path: str, *, json: object = None) -> Any:
        """Send a request and return the JSON of its answer.

        Args:
            method: such as ``GET``.
            path: below ``url``, with the query.
            json: sent as JSON.

        Returns:
            What the JSON holds; None if the answer is empty.

        Raises:
            CallError: the answer's status is not of the 2xx family.
            StrangeAnswerError: the answer is not JSON.
            UnreachableError: no answer came.

        Example:
            >>> [one["FIRST_NAME"] for one in elements_crm.call("GET", "/v3.1/Contacts")]
            ['Ada']
        """
        return self.checked(method, path, self.send(method, path, json=json))

    def checked(self, method: str, path: str, reply: Reply) -> Any:
        """Return the JSON of an answer, None if that is empty.

        Raises:
            CallError: the answer is no success.
            StrangeAnswerError: it is no JSON.
        """
        if not reply.ok:
            raise CallError(method, self.url + path, reply.status, reply.body.decode("utf-8", "replace"))
        try:
            return decode(reply.body) if reply.body else None
        except MalformedJsonError as error:
            raise StrangeAnswerError(
                self.url + path, f"to {method} it answers {reply.status}; {error}"
            ) from error

    def listed(self, path: str, key: str, *, newest_first: bool = False) -> list[dict[str, Any]]:
        """Return all that an admin route lists, page after page, in the order of the list.

        Args:
            path: with the query that the first page is asked for with.
            key: under which the items are.
            newest_first: that order; otherwise what a page leads back to comes before it.

        Raises:
            CallError, StrangeAnswerError, UnreachableError: as ``call``.
        """
        pages, asked = [self.call_object("GET", path)], {path}
        while more := pages[-1]["next"]:
            # a stranger's may lead to another host behind a @, or in a circle
            if more in asked or more[:1] != "/":
                raise StrangeAnswerError(self.url + path, f"its next page is {more!r}")
            asked.add(more)
            pages.append(self.call_object("GET", more))
        if "before=" in (pages[0]["next"] or "") and not newest_first:
            pages.reverse()
        return [item for page in pages for item in page[key]]

    def filtered(self, what: str, filters: Mapping[str, object]) -> list[dict[str, Any]]:
        """Return all that the admin route of a list has under its own name; of ``limit`` so many, a single page.

        Raises:
            CallError, UnreachableError: as ``call``.
        """
        path = f"/_local/{what}{query_of(filters)}"
        if filters.get("limit") is None:
            return self.listed(path, what)
        page: list[dict[str, Any]] = self.call("GET", path)[what]
        return page

    def call_object(self, method: str, path: str, *, json: object = None) -> dict[str, Any]:
        """Send a request whose answer is a JSON object, and return that; raises as ``call``."""
        answer: dict[str, Any] = self.call(method, path, json=json)
        if not isinstance(answer, dict):
            raise StrangeAnswerError(self.url + path, f"to {method} it answers JSON that is not an object")
        return answer


@dataclass(frozen=True, kw_only=True, repr=False)
class ClockClient(ServiceClient):
    """A workspace's clock; the fixture ``elements_clock``.

    Attributes:
        whose: the query that names the workspace, where headers do not.
    """

    whose: str = ""

    def now(self) -> datetime:
        """Return the workspace's time.

        Returns:
            A ``datetime`` with the zone UTC.

        Raises:
            UnreachableError: the service that keeps the clock does not answer.

        Example:
            >>> elements_clock.now().isoformat()
            '2026-03-02T10:00:01+00:00'
        """
        return parse_instant(self.show()["now"])

    def show(self) -> dict[str, Any]:
        """Return the clock's state.

        Returns:
            ``{"mode", "now"}``: ``virtual`` or ``real``, and an instant; also ``keep_ties`` where ties are kept.

        Raises:
            UnreachableError: the service that keeps the clock does not answer.

        Example:
            >>> elements_clock.show()
            {'mode': 'virtual', 'now': '2026-03-02T10:00:01Z'}
        """
        return _of_clock(self.call_object("GET", f"/_local/clock{self.whose}"))

    def set(self, *, mode: str | None = None, now: datetime | str | None = None) -> dict[str, Any]:
        """Change the mode, or set a virtual clock, without running anything in between.

        Args:
            mode: ``virtual`` or ``real``.
            now: the instant, a ``datetime`` with a zone or ISO 8601 text.

        Returns:
            The state, as ``show`` does.

        Raises:
            CallError: 400 for an instant that cannot be read, 409 for one that lies behind while polls or deliveries are planned.

        Example:
            >>> elements_clock.set(now="2026-03-03T09:00:00Z")
            {'mode': 'virtual', 'now': '2026-03-03T09:00:00Z'}
        """
        body = {"mode": mode, "now": _instant(now)}
        sent = {key: value for key, value in body.items() if value}
        return _of_clock(self.call_object("PUT", f"/_local/clock{self.whose}", json=sent))

    def advance(
        self,
        duration: timedelta | str | float | None = None,
        *,
        to: datetime | str | None = None,
        idle: timedelta | str | None = None,
        until: Mapping[str, object] | None = None,
        limit: timedelta | str | None = None,
    ) -> dict[str, Any]:
        """Move a virtual clock, and return once everything that was due on the way has run: polls, callbacks, retries.

        Args:
            duration: by how much: a ``timedelta``, or a text such as ``15m`` or ``2 days``; ``next``, to what is due next;
                ``idle``, until nothing is due within a minute.
            to: in its place, the instant to which time is moved.
            idle: until nothing is due within so long.
            until: until such callbacks have been sent, counted from here: ``{"callbacks": 2, "objectType": "contacts"}``,
                ``eventType``, ``objectId``, ``instanceId``.
            limit: how far ``idle`` and ``until`` go at the most, a day unless it is given.

        Returns:
            ``workspace``, ``from`` and ``now`` (instants), and what ran: ``polls``, ``events``, ``deliveries``, ``attempts``
            (numbers). ``stopped`` says why it ended, if not at a given end.

        Raises:
            OptionError: a duration has no unit.
            CallError: 400 for a time that lies behind, 409 for a real clock or while time is being moved.

        Example:
            >>> ran = elements_clock.advance("15m")
            >>> ran["now"], ran["polls"], ran["attempts"]
            ('2026-03-02T10:15:01Z', 4, 1)
        """
        words: dict[str, dict[str, object]] = {"next": {"next": True}, "idle": {"idle": "1m"}}
        how_far = words.get(str(duration), {"duration": _length(duration)})
        body = {"to": _instant(to), "idle": _length(idle), "until": until, "limit": _length(limit), **how_far}
        sent = {key: value for key, value in body.items() if value is not None}
        return self.call_object("POST", f"/_local/clock/advance{self.whose}", json=sent)

    def stop(self) -> dict[str, Any] | None:
        """Let an advance end after the job that is being run, and return how far it was; None if none is under way."""
        advance: dict[str, Any] | None = self.call("DELETE", f"/_local/clock/advance{self.whose}")["advance"]
        return advance


def query_of(parameters: Mapping[str, object]) -> str:
    """Return a query with its question mark, without what is None; empty if nothing is left."""
    given = {name: value for name, value in parameters.items() if value is not None}
    return f"?{urlencode(given, doseq=True, quote_via=quote)}" if given else ""


def segment(value: object) -> str:
    """Return an id, or a name, as one segment of a path, for any text of a stranger's answer.

    Raises:
        HarnessError: it would lead to another path.
    """
    text = str(value)
    if text in {"", ".", ".."}:
        raise HarnessError(f"expected an id, or a name; got {text!r}")
    return quote(text, safe="")


@contextmanager
def answers_of(url: str, http: Http) -> Iterator[None]:
    """Take an answer of another form for a stranger's, wherever it is read.

    Raises:
        StrangeAnswerError: what came over the network could not be read.
    """
    try:
        yield
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        if isinstance(error, SettingsError) or not getattr(http, "has_answered", False):
            raise
        last = extract_tb(error.__traceback__)[-1]
        place = f"{last.filename.rpartition('/')[2]}, line {last.lineno}"
        raise StrangeAnswerError(url, f"its JSON has another form (read in {place})") from error


def admin_headers(token: str | None) -> dict[str, str]:
    """Return what admin routes ask for: nothing of a stack that is bound to loopback, and so has no token."""
    return {} if token is None else {TOKEN_HEADER: token}


def _of_clock(state: dict[str, Any]) -> dict[str, Any]:
    parse_instant(state["now"])  # of a stranger's answer it is none
    return state


def _length(value: timedelta | str | float | None) -> str | float | None:
    try:
        check_unit(value)
    except UnreadableTimeError as error:
        raise OptionError(str(error)) from error
    return f"{value.total_seconds():f}s" if isinstance(value, timedelta) else value


def _instant(value: datetime | str | None) -> str | None:
    return format_instant(value) if isinstance(value, datetime) else value
