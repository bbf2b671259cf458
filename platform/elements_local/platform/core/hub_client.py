"""The platform's own hub, as the engine's tasks call it: polls and bulk jobs."""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from msgspec import Struct
from msgspec.json import Decoder

from elements_local.kit.api.json_text import MalformedJsonError, decode
from elements_local.kit.http_message import NO_HEADERS, Http, NoReply, Reply
from elements_local.kit.traffic.calls import parse_effect
from elements_local.kit.workspaces.registry import Workspace
from elements_local.platform.core.instance import Instance
from elements_local.platform.core.paths import BASE_PATH, CALLS_HEADER
from elements_local.platform.core.poll import PollCall

NO_ANSWER = "no answer: "
"""How the error begins of a call that the hub did not answer."""

_SHOWN = 500
"""Letters of an answer that is no success, in an error."""

_WITHOUT_REASON = re.compile(r" answered \d{3}\Z")

Record = dict[str, object]


class HubError(Exception):
    """The hub did not do what was asked.

    Attributes:
        status: of its answer; None if none came.
        words: the error's own words; where the hub refused, without the status.
        calls: as a page has them.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int | None,
        words: str | None = None,
        calls: Sequence[PollCall] = (),
    ) -> None:
        super().__init__(message)
        self.status = status
        self.words = message if words is None else words
        self.calls = calls


class HubPage(Struct, frozen=True, kw_only=True):
    """A page of a list.

    Attributes:
        token: what the next page is asked for by; None on the last.
        calls: that were made for a poll, as far as the hub says it.
    """

    status: int
    records: list[Record]
    token: str | None
    calls: Sequence[PollCall] = ()

    def next_token(self, seen: set[str]) -> str | None:
        """Return the token of the page after this one, and note it.

        Raises:
            HubError: it has come before, so that there would be no end.
        """
        # read page by page, such a list has no end, and would hold the workspace for ever
        if self.token in seen:
            raise HubError(f"the page token {self.token!r} has come before", status=self.status)
        if self.token is not None:
            seen.add(self.token)
        return self.token


class HubClient(Struct, frozen=True, kw_only=True):
    """The hub, for any caller.

    Attributes:
        url: of the platform, without the base path.
    """

    http: Http
    url: str

    def send(
        self, method: str, target: str, *, headers: Mapping[str, str] = NO_HEADERS, body: bytes = b""
    ) -> Reply:
        """Send a call, and return its answer, with any status.

        Args:
            target: path and query, the base path included.

        Raises:
            HubError: there is no answer.
        """
        reply = self.http.send(method, self.url + target, headers=headers, body=body)
        if isinstance(reply, NoReply):
            raise HubError(NO_ANSWER + reply.reason, status=None)
        return reply

    def of(
        self, workspace: Workspace, instance: Instance, *, headers: Mapping[str, str] = NO_HEADERS
    ) -> "InstanceHub":
        """Return the hub as an instance's owner calls it.

        Args:
            headers: of each call, beside who calls.
        """
        # without the organization's secret, which a call through an instance does not need
        credentials = {"Authorization": f"User {workspace.user_secret}, Element {instance.token}"}
        return InstanceHub(client=self, headers={**credentials, **headers})


class InstanceHub(Struct, frozen=True, kw_only=True):
    """The hub, on behalf of one instance's owner. Paths are below the base path."""

    client: HubClient
    headers: Mapping[str, str]

    def page(self, path: str) -> HubPage:
        """Return a page of a list; what is no record in it is passed over.

        Raises:
            HubError: there is no page; says why.
        """
        reply = self._answer("GET", path)
        calls = _calls("GET", path, reply)
        records = _decoded(reply, calls)
        if not isinstance(records, list):
            raise HubError("expected an array of records", status=reply.status, calls=calls)
        return HubPage(
            calls=calls,
            status=reply.status,
            # a vendor's list may hold null or a text; one such entry is not to fail the poll
            records=[record for record in records if isinstance(record, dict)],
            token=reply.header("Elements-Next-Page-Token"),
        )

    def create(self, path: str, body: bytes) -> Record:
        """Make a record of JSON text, and return it; {} if the answer is none.

        Raises:
            HubError: it was not made; says why.
        """
        record = _decoded(self._answer("POST", path, body=body), ())
        return record if isinstance(record, dict) else {}

    def _answer(self, method: str, path: str, *, body: bytes = b"") -> Reply:
        headers = {**self.headers, **({"Content-Type": "application/json"} if body else {})}
        reply = self.client.send(method, BASE_PATH + path, headers=headers, body=body)
        if not reply.ok:
            text = reply.body.decode("utf-8", "replace")[:_SHOWN]
            raise HubError(
                f"{reply.status}: {text}",
                status=reply.status,
                words=_message(reply.body, otherwise=text),
                calls=_calls(method, path, reply),
            )
        return reply


def _calls(method: str, path: str, reply: Reply) -> Sequence[PollCall]:
    """Return the calls to the provider that an answer tells of, and the one that it answers if a scripted fault struck that."""
    calls_made, effect = dict(reply.header_list).get(CALLS_HEADER), parse_effect(reply)
    calls = [] if calls_made is None else [_call(*each) for each in _provider_calls.decode(calls_made)]
    if not effect:
        return calls
    target = BASE_PATH + path
    own = PollCall(service="platform", method=method, target=target, status=reply.status, effect=effect)
    return [own, *calls]


_provider_calls = Decoder[Any](list[tuple[str, str, int | None, dict[str, object]]])


def _call(method: str, url: str, status: int | None, effect: Mapping[str, object]) -> PollCall:
    path, mark, query = ("/" + url.partition("://")[2].partition("/")[2]).partition("?")
    target = f"{unquote(path)}{mark}{query}"
    return PollCall(service="crm", method=method, target=target, status=status, effect=effect)


def _decoded(reply: Reply, calls: Sequence[PollCall]) -> object:
    try:
        return decode(reply.body)
    except MalformedJsonError as error:
        raise HubError(str(error), status=reply.status, calls=calls) from error


def _message(body: bytes, *, otherwise: str) -> str:
    """Return the words of an error of the hub's, with those of the vendor, which it has behind a colon if it can read them."""
    try:
        value = decode(body)
    except MalformedJsonError:
        return otherwise
    if not isinstance(value, dict) or not isinstance(words := value.get("message"), str):
        return otherwise
    if not _WITHOUT_REASON.search(words):
        return words
    said = str(value.get("providerMessage") or "")
    return f"{words}: {said[:_SHOWN]}" if said else f"{words} and gave no reason"
