"""What a scenario's steps may say: each verb, and the shape of what follows it."""

from typing import Annotated, Any, Literal, TypeAlias

from msgspec import UNSET, Meta, Struct, UnsetType

from callback_sink.answers import ScriptedResponse
from mock_insightly.faults import CrmRule
from mock_kit.api.shape_words import PATTERNS

_NAME = r"^[A-Za-z][\w-]*/[\w.-]+$"
_TAG = r"^[A-Za-z0-9][\w.-]*$(?!\n)"
_PATH = "^/"
HttpUrl: TypeAlias = Annotated[
    str, Meta(pattern="^https?://", description="a URL such as https://example.com")
]

PATTERNS[_NAME] = "a record's name: a kind, a slash and a word, such as contacts/ada"
Name: TypeAlias = Annotated[str, Meta(pattern=_NAME)]
"""A record's name in a scenario: its hub resource, a slash, and a name of the author's own."""

Tag: TypeAlias = Annotated[str, Meta(pattern=_TAG, description="a word, such as slow or retry-ladder")]
"""A word, so that it can stand behind ``-m`` of pytest."""

MarkName: TypeAlias = Annotated[str, Meta(min_length=1)]
"""The name of a moment that a scenario goes back to."""

Fields: TypeAlias = dict[Name, dict[str, object] | None]
Argument: TypeAlias = Any
"""What follows a verb, in the verb's shape."""


class AdvanceTo(Struct, forbid_unknown_fields=True):
    """An instant to advance to."""

    to: str


class Response(ScriptedResponse, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """How the sink answers next."""


class RequestStep(Struct, forbid_unknown_fields=True):
    """Any call, and what is to come of it.

    Attributes:
        path: below ``/elements/api-v2`` on the platform. Here and in ``json``, ``headers`` and ``expect``,
            ``{instance}`` and ``{contacts/ada}`` stand for ids, ``{workspace}`` and ``{callback_url}`` for its own.
        headers: added to those of the workspace's credentials; null takes one away.
        text: a body that is sent as it is.
        expect: what the answer's JSON has to contain; ``{text}`` and ``{number}`` are any value of that type, ``{absent}`` a
            key that is not there.
        expect_headers: some that the answer has to have; null for one that must not be there.
        keep: names for values of the answer, by their keys: ``{subscriptions/news: id}``, for later steps to use as ``{subscriptions/news}``.
    """

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    path: Annotated[
        str, Meta(pattern=_PATH, description="a path that starts with a slash, such as /instances")
    ]
    service: Literal["platform", "crm", "sink"] = "platform"
    json: object = UNSET
    text: str | None = None
    headers: dict[str, str | None] = {}
    status: int = 200
    expect: object = UNSET
    expect_headers: dict[str, str | None] = {}
    keep: dict[str, str] = {}


class ExpectedCallback(Struct, forbid_unknown_fields=True):
    """One callback that has to have arrived.

    Attributes:
        events: such as ``contacts/ada CREATED``, in their order.
        raw: how many records it carries.
        headers: some that it has to have; null for one that must not be there.
        body: what its JSON has to contain, as ``expect`` of a request has it; ``{Elements-Webhook-Id}`` and the like are
            its own headers.
    """

    events: list[str]
    raw: int | None = None
    signature: Literal["valid", "invalid", "absent", "unchecked"] | None = None
    headers: dict[str, str | None] = {}
    body: object = UNSET


class ExpectedPoll(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """What a poll has to have been like; what is left out may be anything."""

    resource: str | UnsetType = UNSET
    at: str | UnsetType = UNSET
    start: str | UnsetType = UNSET
    status: int | UnsetType | None = UNSET
    seen: int | UnsetType = UNSET
    events: int | UnsetType = UNSET
    failed: bool | UnsetType = UNSET


class ExpectedRequests(Struct, forbid_unknown_fields=True):
    """Requests that a service has been sent.

    Attributes:
        method, path: with ``*`` for anything; the path has its query.
        status: what they were answered; null for any.
        count: how many there are; null for at least one.
    """

    path: str
    service: Literal["platform", "crm", "sink"] = "crm"
    method: str = "*"
    status: int | None = None
    count: int | None = None


AUDITED = ("reported", "late", "duplicate", "misclassified", "lost")
"""The lists of an audit."""


class ExpectedAudit(Struct, forbid_unknown_fields=True):
    """What an audit has to say of an instance; what is left out may be anything.

    Attributes:
        instance: its name; the first unless given.
        owed, delivered: how many events.
        reported, late, duplicate, misclassified, lost: such as ``contacts/ada UPDATED``, in any order, no more and no
            fewer.
    """

    instance: str | None = None
    owed: int | None = None
    delivered: int | None = None
    reported: list[str] | None = None
    late: list[str] | None = None
    duplicate: list[str] | None = None
    misclassified: list[str] | None = None
    lost: list[str] | None = None


class AuditNever(Struct, forbid_unknown_fields=True):
    """What an audit must not say of an instance: ``contacts/ada UPDATED``, with ``*`` for anything.

    Attributes:
        instance: its name; the first unless given.
    """

    instance: str | None = None
    reported: list[str] = []
    late: list[str] = []
    duplicate: list[str] = []
    misclassified: list[str] = []
    lost: list[str] = []


class Expect(Struct, forbid_unknown_fields=True):
    """What has to have come since the last ``expect``, and how things stand.

    Attributes:
        callbacks: taken by their receiver: ``contacts/ada CREATED`` for each event, in any order, no more and no
            fewer; or one mapping for each callback, in order. By instance, if there are several.
        attempts: what each callback was answered, in order; null for one that was dropped.
        events: the states of all events of the first instance, oldest first.
        polls: one by one.
        requests: what services have been sent, since the scenario began.
        records: what the CRM holds now; null for a record that is gone.
        audit: what was owed to receivers, held against what they got, since the scenario began; ``clean`` if all of it
            came, in time, once and under its right name.
    """

    callbacks: list[str | ExpectedCallback] | dict[str, list[str | ExpectedCallback]] | None = None
    attempts: list[int | None] | None = None
    events: list[str] | None = None
    polls: list[ExpectedPoll] | None = None
    requests: list[ExpectedRequests] | None = None
    records: Fields | None = None
    audit: Literal["clean"] | ExpectedAudit | list[ExpectedAudit] | None = None


class Inspect(Struct, forbid_unknown_fields=True):
    """How things stand inside of a stack of ours, as ``Expect`` has it; at a tenant, which nobody sees into, it is passed over."""

    events: list[str] | None = None
    polls: list[ExpectedPoll] | None = None
    requests: list[ExpectedRequests] | None = None
    audit: Literal["clean"] | ExpectedAudit | list[ExpectedAudit] | None = None


class Never(Struct, forbid_unknown_fields=True):
    """What must not have come since the scenario began.

    Attributes:
        polls, requests: none of those kinds.
        records: what the CRM must not hold now; null for one that must not be gone.
        audit: what no audit must say.
    """

    callbacks: list[str] = []
    polls: list[ExpectedPoll] = []
    requests: list[ExpectedRequests] = []
    records: Fields = {}
    audit: AuditNever | list[AuditNever] = []


class Fault(CrmRule, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A fault rule; the CRM's, which knows most effects, unless it says otherwise."""

    service: Literal["platform", "crm", "sink"] = "crm"


VERBS: dict[str, Any] = {
    "create": Fields,
    "update": Fields,
    # no `Name` here: msgspec 0.22 frees a pattern once too often that stands twice in a type which is no Struct
    "delete": str | list[str],
    "make": dict[str, dict[str, object]],
    "advance": str | int | float | AdvanceTo,
    "poll": str | None,
    "fault": Fault | list[Fault],
    "respond": Response | list[Response],
    "configure": dict[str, object],
    "request": RequestStep,
    "snapshot": MarkName,
    "restore": MarkName,
    "expect": Expect | Literal["stream"],
    "inspect": Inspect,
    "never": Never,
}

EXAMPLES = {
    "create": "`create: {contacts/ada: {FIRST_NAME: Ada}}`",
    "update": "`update: {contacts/ada: {TITLE: Countess}}`",
    "delete": "`delete: contacts/ada`",
    "make": "`make: {second: {name: My second Insightly}}`",
    "advance": "`advance: 15m`, or `advance: {to: T+15m}`",
    "poll": "`poll:` with nothing behind it, or with an instance's name",
    "fault": '`fault: {match: {path: "/v2.2/*"}, effect: {status: 503}}`',
    "respond": "`respond: {status: 503, times: 3}`",
    "configure": "`configure: {event.poller.refresh_interval: 5}`",
    "request": "`request: {method: GET, path: /instances}`",
    "snapshot": "`snapshot: before the outage`",
    "restore": "`restore: before the outage`",
    "expect": "`expect: {callbacks: [contacts/ada CREATED]}`, or `expect: stream`",
    "inspect": "`inspect: {audit: clean}`",
    "never": "`never: {callbacks: [contacts/ada UPDATED]}`",
}
"""What follows a verb, for messages about something else that does."""

FORMS: dict[str, dict[str, str]] = {
    "expect": {
        "callbacks": "`callbacks: [contacts/ada CREATED]` (also UPDATED and DELETED), a mapping for each callback such as "
        "`callbacks: [{events: [contacts/ada CREATED], raw: 1, signature: valid, headers: {X-Mine: yes}, body: {action: "
        "create}}]`, by instance such as `callbacks: {second: [contacts/ada CREATED]}`, or `callbacks: []` for none",
        "attempts": "`attempts: [503, null, 200]`, null for one that was dropped",
        "events": "`events: [NOTIFIED, DISPATCHED]`",
        "polls": "`polls: [{resource: contacts, at: T+15m, start: T+0s, status: 200, seen: 1, events: 1, failed: false}]`, "
        "of which any key may be left out",
        "requests": '`requests: [{path: "/v2.2/Contacts*", service: crm, method: GET, status: 200, count: 1}]`, of which '
        "only the path is needed, with * for anything",
        "records": "`records: {contacts/ada: {FIRST_NAME: Ada}}`, or `records: {contacts/ada: null}` for one that is gone",
        "audit": "`audit: clean`, `audit: {owed: 2, delivered: 1, lost: [contacts/ada UPDATED]}` (also reported, late, "
        "duplicate, misclassified), or a list of such mappings, each with its `instance`",
    },
    "never": {
        "callbacks": '`callbacks: [contacts/ada UPDATED]`, or `callbacks: ["contacts/* DELETED"]` with * for anything',
        "polls": "`polls: [{resource: contacts, failed: true}]`",
        "requests": '`requests: [{path: "/v2.2/Leads*", method: POST}]`, with * for anything',
        "records": "`records: {contacts/ada: {FIRST_NAME: Ada}}`, or `records: {contacts/ada: null}` for one that must not be gone",
        "audit": '`audit: {lost: ["contacts/* UPDATED"]}` with * for anything (also reported, late, duplicate, '
        "misclassified), or a list of such mappings, each with its `instance`",
    },
}
FORMS["inspect"] = {key: FORMS["expect"][key] for key in Inspect.__struct_fields__}
"""What follows the keys of the verbs that expect something, for the same."""
