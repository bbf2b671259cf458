"""What a vendor file says: values alone. Requests and answers are templates, as ``templates`` has them."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeAlias

from msgspec import Meta, Struct, field

Template: TypeAlias = Any
"""A text, a list or an object in which ``{name}`` stands for what varies."""
Path: TypeAlias = Annotated[
    str, Meta(min_length=1, description="keys with dots between, from the record's top")
]
UrlPath: TypeAlias = Annotated[str, Meta(pattern=r"^/")]
ItemType: TypeAlias = Literal["text", "integer", "number", "boolean", "date", "datetime", "choice", "json"]
FieldType: TypeAlias = Literal[
    "text", "integer", "number", "boolean", "date", "datetime", "choice", "json", "list"
]
GrantType: TypeAlias = Literal["authorization_code", "refresh_token", "client_credentials"]
Operator: TypeAlias = Literal["=", "!=", "<", "<=", ">", ">="]

MILLISECONDS, SECONDS = "milliseconds", "seconds"
ERROR_STATUSES = {
    "unauthenticated": 401,
    "expired": 401,
    "invalid_client": 401,
    "forbidden": 403,
    "not_found": 404,
    "malformed_id": 404,
    "conflict": 409,
    "changed": 412,
    "limit": 429,
}
"""The statuses of errors, unless the file says others; those of the rest are 400."""


class _Part(Struct, frozen=True, forbid_unknown_fields=True):
    pass


class TokenInfo(_Part, frozen=True, kw_only=True):
    """A GET, without a credential, that says whose an access token is, and for how long.

    Attributes:
        path: below the origin, with {token}.
        answer: a template of JSON, with {token}, {user}, {expires_in} and {expires_at}, in milliseconds. A token that is none is
            answered as `not_found`, and one whose time is over as `expired`.
    """

    path: UrlPath
    answer: Template


class VendorOAuth2(_Part, frozen=True, kw_only=True):
    """How applications get access tokens; the workspace's API key is a token without an end.

    Attributes:
        token: the path of the POST that is answered with tokens.
        body: what that POST has: a form, or JSON.
        query: whether its parameters may stand in the query as well.
        grants: what tokens are given for.
        expires_s: how many seconds an access token is good, by the workspace's clock.
        rotation: what a refresh token that was used is good for: all as before (none), or another takes its place, and it is
            refused (refuse), or its use ends all tokens of its grant (end).
        answer: a template of JSON, with {access_token}, {refresh_token}, {expires_in} and {user}.
        info: says whose a token is.
        revoke: the path of a POST with a `token`, whose grant ends with all its tokens; one that is none is answered likewise.
        consent: where people let an application in, to which the platform's `oauth/url` leads.
    """

    token: UrlPath
    body: Literal["form", "json"] = "form"
    query: bool = False
    grants: tuple[GrantType, ...] = ("authorization_code", "refresh_token")
    expires_s: Annotated[int, Meta(ge=1, le=10**9)] = 3600
    rotation: Literal["none", "refuse", "end"] = "none"
    answer: Template = field(
        default_factory=lambda: {
            "token_type": "Bearer",
            "access_token": "{access_token}",
            "refresh_token": "{refresh_token}",
            "expires_in": "{expires_in}",
        }
    )
    info: TokenInfo | None = None
    revoke: UrlPath | None = None
    consent: str | None = None


class VendorAuthentication(_Part, frozen=True, kw_only=True):
    """How the vendor knows its callers.

    Attributes:
        key: the configuration key of an instance that has the credential.
        header: the header that carries the credential; like `key` and `parameter`, it is masked wherever it is shown.
        parameter: the query parameter that carries it. If there is a header too, the connector sends the header, and the fake
            takes either; the parameter then has the bare credential.
        value: what is sent; {key} is the credential.
        kind: the platform's name for this kind of authentication.
        oauth2: how applications get access tokens, which are then sent as the credential.
    """

    key: str
    header: str | None = None
    parameter: str | None = None
    value: str = "{key}"
    kind: str = "custom"
    oauth2: VendorOAuth2 | None = None


class FileConfigurationKey(_Part, frozen=True, kw_only=True):
    """A configuration key of the element's own.

    Attributes:
        key: how an instance's configuration names it.
        name: how people know it.
        type: one of the platform's input types.
        default: the value without one.
        required: whether an instance must have it.
        secret: whether its value is masked wherever it is shown; that of the type PASSWORD always is.
    """

    key: str
    name: str
    type: str = "TEXTFIELD_128"
    default: str | None = None
    required: bool = False
    secret: bool = False


class RecordId(_Part, frozen=True, kw_only=True):
    """A record's id.

    Attributes:
        path: where in a record the id is.
        also: other places that have it as well.
        type: what answers show it as.
        first: the id of the first record.
        step: how much larger the next id is.
        pattern: what ids look like, a regular expression; a call about another is refused as `malformed_id`.
        written: whether a written id is ignored, or refused as `read_only`.
    """

    path: Path = "id"
    also: tuple[Path, ...] = ()
    type: Literal["text", "number"] = "text"
    first: int = 1
    step: Annotated[int, Meta(ge=1)] = 1
    pattern: str | None = None
    written: Literal["ignore", "refuse"] = "ignore"

    def shown(self, record_id: str) -> str | int:
        """Return an id as answers have it."""
        return int(record_id) if self.type == "number" and record_id.isdecimal() else record_id


class RecordDate(_Part, frozen=True, kw_only=True):
    """A date that the vendor sets.

    Attributes:
        path: where in a record the date is.
        also: other places that have it as well.
        format: milliseconds, seconds, or a Java date pattern as in a poller's block. For seconds, which a block has no word for, the hub
            has milliseconds.
        whole: the pattern of a date without a fraction of a second, if that is another.
        zone: the time zone in which it is written.
        written: whether a date that a client writes is ignored, or refused as `read_only`.
    """

    path: Path
    also: tuple[Path, ...] = ()
    format: str = MILLISECONDS
    whole: str | None = None
    zone: str = "GMT"
    written: Literal["ignore", "refuse"] = "ignore"


class RecordShape(_Part, frozen=True, kw_only=True):
    """How a record looks.

    Attributes:
        id: where a record has its id, and how ids are counted.
        fields: the path below which all fields are; without it, they are at the top.
        created: where a record has the date of its creation.
        updated: where it has the date of its last change.
        resolution: how exact dates are.
        values: whether values keep their types, or all become text.
        missing: how answers show a field without a value.
        unknown: what is done with a written field that the file does not have.
        clears: a value that empties a field; null always does.
        sorted: whether fields come in the order of their names.
        unchanged: whether a write of equal values changes the updated date (touch) or not (keep).
        constants: further values at the top of every record, with {id}, {resource}, {deleted}, {deleted_at} of a deleted one, and the `values` of the resource.
    """

    id: RecordId = RecordId()
    fields: str = ""
    created: RecordDate
    updated: RecordDate
    resolution: Literal["1ms", "1s"] = "1s"
    values: Literal["typed", "text"] = "typed"
    missing: Literal["absent", "null"] = "absent"
    unknown: Literal["refuse", "keep", "ignore"] = "refuse"
    clears: str | None = None
    sorted: bool = False
    unchanged: Literal["touch", "keep"] = "touch"
    constants: dict[str, Template] = {}


class _Field(_Part, frozen=True, kw_only=True):
    """A field.

    Attributes:
        required: whether a new record, or each object in a list, must have it.
        choices: the values of a choice; another value is refused as `not_a_choice`.
        pattern: what texts look like, a regular expression; another is refused as `malformed`.
        fill: how made-up records get a value: a method of Faker, or {method: {argument: value}}.
    """

    required: bool = False
    choices: tuple[str, ...] = ()
    pattern: str | None = None
    fill: str | dict[str, dict[str, Any]] | None = None


class VendorItemField(_Field, frozen=True, kw_only=True):
    """A field of each object in a list.

    Attributes:
        type: what values it takes; `json` is any value.
    """

    type: ItemType = "text"


class VendorField(_Field, frozen=True, kw_only=True):
    """A field of a record.

    Attributes:
        type: what values it takes; `json` is any value, `list` a list of objects.
        items: what each object in a list has: its fields by name, which also take `required`, `choices`, `pattern` and `fill`.
        unique: whether no two records may have the same value.
        default: whether answers have it although the request names no fields; a default value is `initial`.
        initial: the value of a new record that has none.
        read_only: whether the vendor sets it; a write is refused as `read_only`.
        computed: templates with the names of other fields, {id}, {created} and {updated}: the field is the first of them whose values are
            all there, and nobody writes it.
        forward: whether a choice only moves on in the order of `choices`; a way back is refused as `backward`, unless it was emptied.
    """

    type: FieldType = "text"
    items: dict[str, VendorItemField] = {}
    unique: bool = False
    default: Annotated[bool, Meta(description="true or false (a default value is `initial`)")] = False
    initial: str | int | float | bool | list[Any] | dict[str, Any] | None = None
    read_only: bool = False
    computed: tuple[str, ...] = ()
    forward: bool = False


AnyField: TypeAlias = VendorField | VendorItemField
STRUCTURED = frozenset({"json", "list"})
"""Types of values by which records are neither found nor ordered."""


class VendorResource(_Part, frozen=True, kw_only=True):
    """A kind of records.

    Attributes:
        name: the vendor's name, if it is not the hub's.
        names: other names by which the fake knows it, such as a singular; no two resources share one.
        named_by: the field with a record's name, which scenarios and probes write.
        text: a field that takes any text, which updates write.
        created: the path of the created date, if it is not that of `record`.
        updated: the path of the updated date, if it is not that of `record`.
        values: further values for templates of records and links.
        poller: keys of its poller block that differ from the file's.
        fields: its fields, by name.
    """

    name: str | None = None
    names: tuple[str, ...] = ()
    values: dict[str, str | int] = {}
    named_by: str
    text: str
    created: Path | None = None
    updated: Path | None = None
    poller: dict[str, Any] = {}
    fields: Annotated[dict[str, VendorField], Meta(min_length=1)]


class VendorFilter(_Part, frozen=True, kw_only=True):
    """How conditions are written.

    Attributes:
        each: one condition of {filters}, with {field}, {operator} and {value}.
        join: what stands between two conditions, if {filters} is a text.
        operators: the vendor's word for each operator of a `where` clause.
        quote: what stands before and after a text.
        format: how dates are written, if not as in records.
    """

    each: Template = None
    join: str | None = None
    operators: dict[Operator, str] = {}
    quote: str = ""
    format: str | None = None


class VendorOrder(_Part, frozen=True, kw_only=True):
    """In which order records come.

    Attributes:
        by: the order of a list whose request names none; `made` is that of creation.
        descending: whether that order is reversed.
        each: what {order} stands for, with {field} and {direction}.
        words: the words for ascending and descending.
    """

    by: Literal["made", "id", "created", "updated"] = "made"
    descending: bool = False
    each: Template = None
    words: tuple[str, str] = ("asc", "desc")


class VendorPaging(_Part, frozen=True, kw_only=True):
    """How a list goes on.

    Attributes:
        by: what a request for the next page has.
        first: the number of the first page.
        default: how many records a page has, if the request does not say.
        max: how many it has at most. If no request can say a size, as it has no {size}, every page has `default`: give `max` the same.
        over: whether a larger size becomes the largest (clamp) or is refused.
        token: what a token is: nothing that a client can read, an offset, or the id of the next record.
        link: the address of the next page, with {token}, such as `{origin}/v1/next/{token}`, where {origin} is the
            address that was called; all that the request asked for is kept.
    """

    by: Literal["offset", "page", "token", "link"]
    first: int = 1
    default: Annotated[int, Meta(ge=1)] = 100
    max: Annotated[int, Meta(ge=1)] = 100
    over: Literal["clamp", "refuse"] = "clamp"
    token: Literal["opaque", "offset", "id"] = "opaque"  # noqa: S105 - of a page
    link: str | None = None


class DeletedParameter(_Part, frozen=True, kw_only=True):
    """A parameter with which a list has the deleted records, and no others.

    Attributes:
        parameter: its name.
        value: the value that asks for them.
    """

    parameter: str
    value: str = "true"


class FakeCall(_Part, frozen=True, kw_only=True):
    """A call that the fake answers.

    Attributes:
        method: of the request; without it, POST for `create`, PATCH for `update`, DELETE for `delete`, else GET.
        path: below the origin, with {resource} and {id}.
        parameters: of the query.
        body: of the request, a template of JSON.
        status: of the answer.
        answer: the body of the answer, a template of JSON; without it {records} of a list, {record} of other calls, nothing of `delete`.
    """

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] | None = None
    path: UrlPath
    parameters: dict[str, str] = {}
    body: Template = None
    status: Annotated[int, Meta(ge=200, le=299)] = 200
    answer: Template = "{record}"


class FileCall(FakeCall, frozen=True, kw_only=True):
    """A call that the connector makes, and the fake answers.

    Attributes:
        request_headers: of the request, templates as in `parameters`, such as `Prefer: maxpagesize={size}`; in those of `update` and
            `delete`, {version} is the one that the record has to have.
        headers: of the answer, templates with the names of `answer`, and {origin}; {version} of a record is another after each change.
    """

    request_headers: dict[str, str] = {}
    headers: dict[str, str] = {}


class GetCall(FileCall, frozen=True, kw_only=True):
    """The call that shows one record.

    Attributes:
        deleted: the parameter that asks for a record that is deleted.
    """

    deleted: DeletedParameter | None = None


class WriteCall(FileCall, frozen=True, kw_only=True):
    """A call that makes or changes a record.

    Attributes:
        shows: which fields the answer has: all, those that have a value, or those that were sent.
    """

    shows: Literal["all", "valued", "sent"] = "all"


class DeleteCall(FileCall, frozen=True, kw_only=True):
    """The call that deletes a record.

    Attributes:
        unknown: the answer for a record that is not there: an error (refuse), or that of success (good).
    """

    status: Annotated[int, Meta(ge=200, le=299)] = 204
    answer: Template = None
    unknown: Literal["refuse", "good"] = "refuse"


class FileListCall(FileCall, frozen=True, kw_only=True):
    """The call of a list, or a search.

    Attributes:
        filter: how conditions are written.
        order: in which order records come.
        paging: how a client asks for the next page.
        cap: how many records can be had in all. Then the list ends, or, if `errors.cases.cap` is there, is refused.
        lag_s: how many seconds the list lags behind writes.
        deleted: the parameter that asks for deleted records.
        hooked: parameters, or members of the body, that the hook `query` reads; nothing warns of them.
    """

    answer: Template = "{records}"
    filter: VendorFilter = VendorFilter()
    order: VendorOrder = VendorOrder()
    paging: VendorPaging
    cap: Annotated[int, Meta(ge=1)] | None = None
    lag_s: Annotated[int, Meta(ge=0)] = 0
    deleted: DeletedParameter | None = None
    hooked: tuple[str, ...] = ()


class BatchCall(FakeCall, frozen=True, kw_only=True):
    """A call about several records. A list with one template in its body is that of its inputs.

    Attributes:
        does: whether it reads, creates, updates or deletes records, or updates those that are there and creates the others (upsert).
        body: of the request, with {id}, {by}, {fields}, {history}, {links} and {trace}; what stands outside the list is of every input.
        answer: its body, a template with {records}, or {record} in a list with one template; an upsert's have `new`; and {now}. What is refused alone: {missing}, or {all_missing}, the
            ids of records that are not there; {message}, {trace}, {id} and the `values` of the case of another refusal; {failed}, the
            number of all these.
        shows: which fields the answer has: all, those that have a value, or those that were sent.
        partial: the status of an answer if something is refused alone: records that are not there, and, if each input has a
            {trace}, whatever is refused. Without it, and of all else, nothing is done.
        empty: the status of the answer if there is no input; without it, that of others.
    """

    does: Literal["read", "create", "update", "upsert", "delete"]
    answer: Template = "{records}"
    shows: Literal["all", "valued", "sent"] = "valued"
    partial: Annotated[int, Meta(ge=200, le=299)] | None = None
    empty: Annotated[int, Meta(ge=200, le=299)] | None = None


class VendorBatches(_Part, frozen=True, kw_only=True):
    """Calls about several records at once; all of their changes are made together.

    Attributes:
        max: how many inputs a batch has at most; more are refused.
        repeated: whether a batch may name a record twice (take), or is then refused as `repeated`.
        calls: the calls.
    """

    max: Annotated[int, Meta(ge=1, le=10_000)] = 100
    repeated: Literal["take", "refuse"] = "refuse"
    calls: Annotated[tuple[BatchCall, ...], Meta(min_length=1)]


class FileRoute(_Part, frozen=True, kw_only=True):
    """A GET whose answer stands in the file.

    Attributes:
        path: below the origin. A name in braces chooses among `items` by the key of that name; {resource} is any name of `resource`.
        resource: the resource that {resource} in the path has to be, by the hub's name.
        hub: the name by which the hub reads these `items`, or the one whose {id} is in the path; it does not write them.
        items: a small list. If a path has a name in braces, and no item has the value, the answer is that of `not_found`.
        parameters: of the query, which choose among `items` by the key of that name -> the value if the request has none, or null for
            all; or a place of a page, such as {size}, or {by}: the key of which the {id} in the path is the value.
        paging: how a client asks for the next page of `items`, each of which has an `id`.
        answer: a template of JSON, with {origin}, the path's names, {items} that are chosen, and {item} or any of its keys for the first
            of them; {next} and {link} of pages.
    """

    path: UrlPath
    resource: str | None = None
    hub: str | None = None
    items: tuple[dict[str, Any], ...] = ()
    parameters: dict[str, str | None] = {}
    paging: VendorPaging | None = None
    answer: Template

    @property
    def places(self) -> Mapping[str, str]:
        """The parameters that choose nothing by their own names, with their templates."""
        return {
            name: usual for name, usual in self.parameters.items() if usual and usual[0] + usual[-1] == "{}"
        }

    @property
    def keys(self) -> frozenset[str]:
        """The keys that all items have."""
        return frozenset.intersection(*map(frozenset, self.items)) if self.items else frozenset()


class LinkLabel(_Part, frozen=True, kw_only=True):
    """What a link between two records is. Of two words, the first is from the first resource's end, the second from the other.

    Attributes:
        types: the numbers of the link's type.
        names: the names of its type.
        label: what people call it; null if they do not.
    """

    types: tuple[int, int]
    names: tuple[str, str]
    label: str | None = None


class LinkedPair(_Part, frozen=True, kw_only=True):
    """Two resources whose records can be linked.

    Attributes:
        between: their names, as the hub has them.
        labels: what a link can be. The first is what it is if a request does not say, and what every link is as well.
    """

    between: tuple[str, str]
    labels: Annotated[tuple[LinkLabel, ...], Meta(min_length=1)]


class LinkCall(FakeCall, frozen=True, kw_only=True):
    """A call about links. A list with one template in its body or answer stands for several inputs, or links.

    Attributes:
        does: whether it shows the links of one record (list) or of several (read), makes links (add), or removes them (remove);
            without {type} and {name}, it removes all between two records.
        path: below the origin, with {resource}, {id}, {to} and {other}.
        both: whether the answer shows a link that was made from both ends.
        max: how many inputs there are at most; more are refused.
        partial: the status of an answer in which there is nothing for some of the inputs, each a {missing} of the answer.
        paging: how a client asks for the next page of a list.
    """

    does: Literal["list", "read", "add", "remove"]
    answer: Template = None
    both: bool = False
    max: Annotated[int, Meta(ge=1, le=10_000)] | None = None
    partial: Annotated[int, Meta(ge=200, le=599)] | None = None
    paging: VendorPaging | None = None


class VendorLinks(_Part, frozen=True, kw_only=True):
    """Links between records.

    Attributes:
        pairs: which resources are linked, and by what.
        parameter: of a list and of `get`: names of resources, the links to which are shown with each record.
        path: where in a record links are shown, with {to}; a record that has none has no such key.
        shown: what stands there, with the placeholders of an answer of `calls`.
        written: one entry of {links} in the body of `create`, with {other}, and {type} or {name}.
        updates: whether a link changes the updated dates of both records.
        calls: calls about links alone. Their answers have {resource}, {to} and the `values` of both resources, the second's
            with `to_` before their names; of each link {id}, {other}, {id_number}, {other_number}, {type}, {name} and {label}; {labels} of each
            two records; {missing} and {failed}, their number; {now}.
    """

    pairs: Annotated[tuple[LinkedPair, ...], Meta(min_length=1)]
    parameter: str | None = None
    path: Path = "links.{to}"
    shown: Template = None
    written: Template = None
    updates: bool = False
    calls: tuple[LinkCall, ...] = ()


class VendorHistory(_Part, frozen=True, kw_only=True):
    """The values that fields have had.

    Attributes:
        parameter: of a list and of `get`: names of fields, whose values are shown with each record; {history} in the body of a
            batch that reads has the same.
        path: where in a record they are shown: an object with a list for each field, the newest first.
        shown: one of them, with {value} and {at}.
        max: how many records such a page has at most; a batch of more is refused as `too_many_histories`.
    """

    parameter: str
    path: Path = "history"
    shown: Template = field(default_factory=lambda: {"value": "{value}", "at": "{at}"})
    max: Annotated[int, Meta(ge=1, le=10_000)] = 50


class MergeCall(FakeCall, frozen=True, kw_only=True):
    """The call that makes one record of two. It has the values of the first, and those of the other that the first has not.

    Attributes:
        body: of the request, with {id} and {other}.
        keeps: whether the merged record is the first one (first), or a new one (new). What had another id is read by it still.
        noted: a field that has the ids of the records that were merged, with ; between.
    """

    method: Literal["POST", "PUT", "PATCH"] = "POST"
    keeps: Literal["first", "new"] = "first"
    noted: str | None = None


class VendorLimit(_Part, frozen=True, kw_only=True):
    """How many calls are answered, with ``up --limits vendor``, by the workspace's clock; those beyond are refused as ``limit``.

    Attributes:
        calls: how many calls are allowed in that time.
        seconds: the length of that time, up to now; or `midnight` says when it begins.
        midnight: the time zone at whose midnight counting begins anew.
        paths: the paths that are counted together; * is any text.
        but: those of them that are not counted.
        costs: the paths whose calls count for several -> for how many.
        headers: of each answer to a call that is counted: templates with {calls}, {left} and {wait}, the seconds until another
            call is free.
        values: values for names in `errors.cases.limit`, which also has those of `headers`.
    """

    calls: Annotated[int, Meta(ge=1, le=10**9)]
    seconds: Annotated[int, Meta(ge=1, le=10**9)] | None = None
    midnight: str | None = None
    paths: tuple[str, ...] = ("*",)
    but: tuple[str, ...] = ()
    costs: dict[str, Annotated[int, Meta(ge=1)]] = {}
    headers: dict[str, str] = {}
    values: dict[str, str] = {}


class VendorErrorCase(_Part, frozen=True, kw_only=True):
    """One kind of error.

    Attributes:
        status: of the answer; without it 401 for `unauthenticated`, `expired` and `invalid_client`, 403 for `forbidden`, 404 for `not_found` and `malformed_id`, 409 for `conflict`, 412 for `changed`, 429 for `limit`, else 400.
        message: the vendor's text; {message} is that of this program.
        messages: other messages by the name of what the error is about, which a regular expression has to match whole.
        values: templates of further names in the message, the body and `json`.
        json: a template of JSON, which the message has as the text {json}.
        body: replaces `errors.body`. A list with one template stands for all fields that are refused at once.
        headers: of the answer, templates as `body`.
    """

    status: Annotated[int, Meta(ge=400, le=599)] | None = None
    message: str = "{message}"
    messages: dict[str, str] = {}
    values: dict[str, str] = {}
    json: Template = None
    body: Template = None
    headers: dict[str, str] = {}


def _of_oauth(error: str) -> VendorErrorCase:
    """Return an error of a request for tokens as RFC 6749 has it."""
    return VendorErrorCase(body={"error": error, "error_description": "{message}"})


class VendorErrorCases(_Part, frozen=True, kw_only=True):
    """What is refused, and how.

    Attributes:
        unauthenticated: the credential is missing or unknown.
        not_found: the record or resource does not exist.
        unknown_resource: the resource does not exist, if that is not answered as `not_found`.
        forbidden: the resource is one of `not_modelled`.
        invalid: a page, filter, value or body is not valid.
        required: a new record lacks a required field.
        unknown_field: a written field is not in the file.
        read_only: a written field is the vendor's to set.
        not_a_choice: a written {value} is none of a field's {choices}.
        malformed: a written {value} does not match a field's `pattern`.
        backward: a written {value} comes before the {before} that a field has.
        malformed_id: an id does not match the record's `id.pattern`; without it, that is answered as `not_found`.
        conflict: another record, {id}, has the value of a unique field.
        too_many_histories: a batch asks for the histories of more than {most} records.
        repeated: a batch names a record twice; {ids} are those that it does.
        changed: the record has another {version} than a request's header has.
        cap: the request goes beyond the list's `cap`.
        limit: the call goes beyond `limits`.
        expired: the access token's time is over since {ago} seconds, at {expired_at}.
        invalid_client: a request for tokens lacks the application's id, or has a secret that is nobody's.
        invalid_grant: it has no code, or one that is nobody's; a refresh token likewise, unless `invalid_refresh_token` is there.
        invalid_refresh_token: the refresh token is missing, nobody's, or replaced.
        unsupported_grant_type: its `grant_type` is none of `grants`.
    """

    unauthenticated: VendorErrorCase = VendorErrorCase()
    not_found: VendorErrorCase = VendorErrorCase()
    unknown_resource: VendorErrorCase | None = None
    forbidden: VendorErrorCase = VendorErrorCase()
    invalid: VendorErrorCase = VendorErrorCase()
    required: VendorErrorCase = VendorErrorCase()
    unknown_field: VendorErrorCase = VendorErrorCase()
    read_only: VendorErrorCase = VendorErrorCase()
    not_a_choice: VendorErrorCase = VendorErrorCase()
    malformed: VendorErrorCase = VendorErrorCase()
    backward: VendorErrorCase = VendorErrorCase()
    malformed_id: VendorErrorCase | None = None
    conflict: VendorErrorCase = VendorErrorCase()
    too_many_histories: VendorErrorCase = VendorErrorCase()
    repeated: VendorErrorCase = VendorErrorCase()
    changed: VendorErrorCase = VendorErrorCase()
    cap: VendorErrorCase | None = None
    limit: VendorErrorCase = VendorErrorCase()
    expired: VendorErrorCase = VendorErrorCase()
    invalid_client: VendorErrorCase = _of_oauth("invalid_client")
    invalid_grant: VendorErrorCase = _of_oauth("invalid_grant")
    invalid_refresh_token: VendorErrorCase | None = None
    unsupported_grant_type: VendorErrorCase = _of_oauth("unsupported_grant_type")


class VendorErrors(_Part, frozen=True, kw_only=True):
    """What errors look like.

    Attributes:
        body: of every error, with {message}, {status}, {id}, {field}, {resource}, {uuid} and the `values` of a case.
        cases: what differs in one case.
    """

    body: Template = field(default_factory=lambda: {"message": "{message}"})
    cases: VendorErrorCases = VendorErrorCases()


class HookNames(_Part, frozen=True, kw_only=True):
    """Functions of Python, each named ``package.module:function``, for what a file cannot say.

    Attributes:
        id: takes a record's number; returns its id.
        write: takes what was written, the resource, and the record before or None; returns what the fake keeps.
        query: takes the body or the parameters of a list's request, what was read of them, and the resource; returns what the
            list is asked for. It reads filters and order itself.
        routes: takes the fake; adds routes by its `route`.
        where: takes a `where` clause of the hub, and the resource; returns what it means to the vendor.
        hub: takes the vendor's record, and the resource; returns the record as the hub has it.
    """

    id: str | None = None
    write: str | None = None
    query: str | None = None
    routes: str | None = None
    where: str | None = None
    hub: str | None = None


class VendorFile(_Part, frozen=True, kw_only=True):
    """A vendor: how its element is polled, how it is called, and how it answers.

    Attributes:
        vendor: the element's key, and the name of the fake.
        name: how people know it.
        about: what it is, in a sentence.
        number: the element's id; without it, the id follows from the key.
        hub: the hub to whose paths it belongs: `crm` for `/hubs/crm/...`.
        origin: the vendor's scheme and host; calls that go there reach the fake. Two vendors cannot share one.
        authentication: how the vendor knows its callers.
        configuration: further configuration keys of the element.
        poller: keys of all poller blocks that differ from what follows from `record`; with {resource}, {updated}, {created} and {id}.
        record: how a record looks.
        resources: the kinds of records, by the names that the hub, pollers, scenarios and `trigger` use.
        list: lists records without conditions; without `search`, all.
        search: lists records with conditions; takes the words of `list`.
        get: shows one record.
        create: makes a record.
        update: changes a record.
        delete: deletes a record.
        me: says whose the credential is, by {user} in its answer.
        not_modelled: names of resources that the vendor has and the file has not; calls for them are refused as `forbidden`.
        batches: calls about several records at once.
        merge: makes one record of two.
        history: the values that fields have had.
        links: links between records.
        routes: further calls, each a GET whose answer stands in the file.
        aliases: other beginnings of paths, such as those of another version -> the beginning that the file's calls have.
        trailing_slash: whether a path that ends with / is the same as without it.
        headers: of every answer, templates with {uuid}, which is that of an error's body.
        errors: what errors look like.
        limits: how many calls are allowed, with `up --limits vendor`.
        hooks: Python functions, each `package.module:function`, for what a file cannot say.
    """

    vendor: Annotated[
        str, Meta(pattern=r"^[a-z][a-z0-9_]*$(?!\n)", description="a word of small letters, digits and _")
    ]
    name: str
    about: str = ""
    number: int | None = None
    hub: str = "crm"
    origin: Annotated[
        str,
        Meta(pattern=r"^https?://[^/?#]+$(?!\n)", description="an origin such as https://api.vendor.example"),
    ]
    authentication: VendorAuthentication
    configuration: tuple[FileConfigurationKey, ...] = ()
    poller: dict[str, Any] = {}
    record: RecordShape
    resources: Annotated[dict[str, VendorResource], Meta(min_length=1)]
    listing: FileListCall = field(name="list")
    search: FileListCall | None = None
    get: GetCall
    create: WriteCall
    update: WriteCall | None = None
    delete: DeleteCall | None = None
    me: FileCall | None = None
    not_modelled: tuple[str, ...] = ()
    batches: VendorBatches | None = None
    merge: MergeCall | None = None
    history: VendorHistory | None = None
    links: VendorLinks | None = None
    routes: tuple[FileRoute, ...] = ()
    aliases: dict[UrlPath, UrlPath] = {}
    trailing_slash: bool = False
    headers: dict[str, str] = {}
    errors: VendorErrors = VendorErrors()
    limits: tuple[VendorLimit, ...] = ()
    hooks: HookNames = HookNames()

    @property
    def small_lists(self) -> Mapping[str, list[FileRoute]]:
        """The routes by which the hub reads small lists, by its names of them: that of the list first, then that of one item."""
        routes = sorted(self.routes, key=lambda each: "{id}" in each.path)
        return {each.hub: [one for one in routes if one.hub == each.hub] for each in routes if each.hub}

    @property
    def calls(self) -> Mapping[str, FileCall]:
        """The calls that there are, by their keys in the file."""
        named = {
            "list": self.listing,
            "search": self.search,
            "get": self.get,
            "create": self.create,
            "update": self.update,
            "delete": self.delete,
            "me": self.me,
        }
        return {name: call for name, call in named.items() if call is not None}

    def paths_of(self, path: str) -> list[str]:
        """Return a path, and the others that it has by `aliases`."""
        others = [
            alias + path.removeprefix(known)
            for alias, known in self.aliases.items()
            if f"{path}/".startswith(f"{known}/")
        ]
        return [path, *others]


METHODS = {"create": "POST", "update": "PATCH", "delete": "DELETE"}
"""Of a call that names none; of the others GET."""


def method_of(name: str, call: FakeCall) -> str:
    """Return the method of a call, from its key in the file."""
    return call.method or METHODS.get(name, "GET")
