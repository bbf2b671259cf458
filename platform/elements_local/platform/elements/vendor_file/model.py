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
FieldType: TypeAlias = Literal["text", "integer", "number", "boolean", "date", "datetime", "choice"]
Operator: TypeAlias = Literal["=", "!=", "<", "<=", ">", ">="]

MILLISECONDS = "milliseconds"
ERROR_STATUSES = {"unauthenticated": 401, "not_found": 404, "conflict": 409, "limit": 429}
"""The statuses of errors, unless the file says others; those of the rest are 400."""


class _Part(Struct, frozen=True, forbid_unknown_fields=True):
    pass


class VendorAuthentication(_Part, frozen=True, kw_only=True):
    """How the vendor knows its callers.

    Attributes:
        key: the configuration key of an instance that has the credential.
        header: the header that carries it.
        parameter: the parameter of the query that does. Beside a header, the fake takes it, too, with the bare credential.
        value: what is sent, of which {key} is the credential.
        kind: the platform's word for it.
    """

    key: str
    header: str | None = None
    parameter: str | None = None
    value: str = "{key}"
    kind: str = "custom"


class FileConfigurationKey(_Part, frozen=True, kw_only=True):
    """A configuration key of the element's own.

    Attributes:
        type: one of the platform's input types, such as TEXTFIELD_128.
    """

    key: str
    name: str
    type: str = "TEXTFIELD_128"
    default: str | None = None
    required: bool = False


class RecordId(_Part, frozen=True, kw_only=True):
    """A record's id.

    Attributes:
        path: where it stands.
        also: where it stands a second time.
        type: whether it is shown as a text or as a number.
        first: the id of the first record.
        step: how much larger the id of the next one is.
    """

    path: Path = "id"
    also: tuple[Path, ...] = ()
    type: Literal["text", "number"] = "text"
    first: int = 1
    step: Annotated[int, Meta(ge=1)] = 1

    def shown(self, record_id: str) -> str | int:
        """Return an id as answers have it."""
        return int(record_id) if self.type == "number" and record_id.isdecimal() else record_id


class RecordDate(_Part, frozen=True, kw_only=True):
    """A date that the vendor sets.

    Attributes:
        path: where it stands.
        also: where it stands a second time.
        format: milliseconds, or a Java pattern, as a poller's block has it.
        zone: in which it is written.
    """

    path: Path
    also: tuple[Path, ...] = ()
    format: str = MILLISECONDS
    zone: str = "GMT"


class RecordShape(_Part, frozen=True, kw_only=True):
    """How a record looks.

    Attributes:
        id: where its id stands, and how ids go on.
        fields: the path below which its fields stand; at the top without one.
        created: when it was made.
        updated: when it was changed.
        resolution: what two dates are apart at least, if they are not the same.
        values: whether values stay as they are written, or become texts.
        missing: whether a field without a value is absent, or null.
        unknown: whether a written field that is not declared is refused, kept or ignored.
        clears: the value that clears a field, beside null.
        unchanged: whether writing equal values touches the updated date, or keeps it.
        constants: what else a record has at its top; {id}, {resource} and {deleted} vary.
    """

    id: RecordId = RecordId()
    fields: str = ""
    created: RecordDate
    updated: RecordDate
    resolution: Literal["1ms", "1s", "1m"] = "1s"
    values: Literal["typed", "text"] = "typed"
    missing: Literal["absent", "null"] = "absent"
    unknown: Literal["refuse", "keep", "ignore"] = "refuse"
    clears: str | None = None
    unchanged: Literal["touch", "keep"] = "touch"
    constants: dict[str, Template] = {}


class VendorField(_Part, frozen=True, kw_only=True):
    """A field of a record.

    Attributes:
        type: what it takes.
        required: whether a new record must have it.
        unique: whether no two records have the same value.
        default: whether it is shown where nobody names the fields that are wanted.
        initial: what it has in a new record that does not say.
        choices: what a choice may be.
        fill: how made-up records get it: a method of Faker, or {method: {argument: value}}.
    """

    type: FieldType = "text"
    required: bool = False
    unique: bool = False
    default: Annotated[bool, Meta(description="true or false (a default value is `initial`)")] = False
    initial: str | int | float | bool | None = None
    choices: tuple[str, ...] = ()
    fill: str | dict[str, dict[str, Any]] | None = None


class VendorResource(_Part, frozen=True, kw_only=True):
    """A kind of records.

    Attributes:
        name: the vendor's, if it is not the hub's.
        named_by: the field that says what a record is called.
        text: a field that takes any text.
        created: the path of its created date, if it is another than the other resources'.
        updated: the path of its updated date, if it is another than the other resources'.
        poller: keys of its poller's block that differ from what follows from the file.
        fields: by their names.
    """

    name: str | None = None
    named_by: str
    text: str
    created: Path | None = None
    updated: Path | None = None
    poller: dict[str, Any] = {}
    fields: Annotated[dict[str, VendorField], Meta(min_length=1)]


class VendorFilter(_Part, frozen=True, kw_only=True):
    """How conditions are written.

    Attributes:
        each: one of {filters}; of {field}, {operator} and {value}.
        join: what stands between them, if {filters} is a text.
        operators: CEQL's, and what the vendor calls each.
        quote: what stands around texts.
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
        by: unless somebody asks for another: made, id, created or updated.
        descending: whether the last one comes first.
        each: what {order} is; of {field} and {direction}.
        words: upwards and downwards.
    """

    by: Literal["made", "id", "created", "updated"] = "made"
    descending: bool = False
    each: Template = None
    words: tuple[str, str] = ("asc", "desc")


class VendorPaging(_Part, frozen=True, kw_only=True):
    """How a list goes on.

    Attributes:
        by: what the next page is asked for by.
        first: the number of the first page.
        default: records of a page, unless {size} says.
        max: records that a page has at the most.
        over: whether a larger size is taken for the largest, or refused.
        token: what a token is: nothing that a client can read, an offset, or the id of the next record.
        link: where the next page is; {token} varies, and what the request had.
    """

    by: Literal["offset", "page", "token", "link"]
    first: int = 1
    default: Annotated[int, Meta(ge=1)] = 100
    max: Annotated[int, Meta(ge=1)] = 100
    over: Literal["clamp", "refuse"] = "clamp"
    token: Literal["opaque", "offset", "id"] = "opaque"  # noqa: S105 - of a page
    link: str | None = None


class DeletedParameter(_Part, frozen=True, kw_only=True):
    """A parameter with which a list has the deleted records, and no others."""

    parameter: str
    value: str = "true"


class FileCall(_Part, frozen=True, kw_only=True):
    """A call.

    Attributes:
        method: of HTTP.
        path: below the origin.
        parameters: of the query.
        body: a template of JSON.
        status: of the answer.
        answer: a template of JSON.
    """

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] | None = None
    path: UrlPath
    parameters: dict[str, str] = {}
    body: Template = None
    status: Annotated[int, Meta(ge=200, le=299)] = 200
    answer: Template = "{record}"


class DeleteCall(FileCall, frozen=True, kw_only=True):
    """The call that deletes a record.

    Attributes:
        unknown: whether deleting a record that is not there is good, or refused.
    """

    status: Annotated[int, Meta(ge=200, le=299)] = 204
    answer: Template = None
    unknown: Literal["refuse", "good"] = "refuse"


class FileListCall(FileCall, frozen=True, kw_only=True):
    """The call of a list, or a search.

    Attributes:
        headers: of the answer; templates.
        filter: how conditions are written.
        order: in which order records come.
        paging: how the list goes on.
        cap: how many records can be had in all; beyond, the list ends, or refuses if there is an error `cap`.
        lag_s: it has nothing yet of what was written in the last so many seconds.
        deleted: the parameter that asks for deleted records.
    """

    answer: Template = "{records}"
    headers: dict[str, str] = {}
    filter: VendorFilter = VendorFilter()
    order: VendorOrder = VendorOrder()
    paging: VendorPaging
    cap: Annotated[int, Meta(ge=1)] | None = None
    lag_s: Annotated[int, Meta(ge=0)] = 0
    deleted: DeletedParameter | None = None


class VendorLimit(_Part, frozen=True, kw_only=True):
    """How many calls are answered, with ``up --limits vendor``, by the workspace's clock; those beyond are refused as ``limit``.

    Attributes:
        calls: so many,
        seconds: in the last so many seconds,
        paths: of these paths, in which * is any text.
    """

    calls: Annotated[int, Meta(ge=1, le=10_000)]
    seconds: Annotated[int, Meta(ge=1)]
    paths: tuple[str, ...] = ("*",)


class VendorErrorCase(_Part, frozen=True, kw_only=True):
    """One kind of error.

    Attributes:
        status: of the answer.
        message: in the vendor's words; {message} is ours.
        values: what else fills the body, by the names of its placeholders.
        body: in the place of that of all errors.
        headers: of the answer.
    """

    status: Annotated[int, Meta(ge=400, le=599)] | None = None
    message: str = "{message}"
    values: dict[str, str] = {}
    body: Template = None
    headers: dict[str, str] = {}


class VendorErrorCases(_Part, frozen=True, kw_only=True):
    """What is refused, and how.

    Attributes:
        unauthenticated: the credential is missing, or nobody's.
        not_found: a record, or a resource, is not there.
        invalid: a page, a filter, a value or a body cannot be used.
        required: a new record lacks a field.
        unknown_field: a written field is not declared.
        conflict: another record has the value of a unique field; {id} is that one's.
        cap: what is asked for lies beyond a list's cap.
        limit: a call is beyond a limit.
    """

    unauthenticated: VendorErrorCase = VendorErrorCase()
    not_found: VendorErrorCase = VendorErrorCase()
    invalid: VendorErrorCase = VendorErrorCase()
    required: VendorErrorCase = VendorErrorCase()
    unknown_field: VendorErrorCase = VendorErrorCase()
    conflict: VendorErrorCase = VendorErrorCase()
    cap: VendorErrorCase | None = None
    limit: VendorErrorCase = VendorErrorCase()


class VendorErrors(_Part, frozen=True, kw_only=True):
    """What errors look like.

    Attributes:
        body: {message}, {status}, {id}, {field}, {resource} and {uuid} vary, and what a case has as `values`.
        cases: what of them differs.
    """

    body: Template = field(default_factory=lambda: {"message": "{message}"})
    cases: VendorErrorCases = VendorErrorCases()


class HookNames(_Part, frozen=True, kw_only=True):
    """Functions of Python, each named ``package.module:function``, for what a file cannot say.

    Attributes:
        id: a record's id, from its number.
        write: what is kept, from what was written, the resource, and the record before or None.
        shown: a record as it is shown, from that which follows from the file, and the one that is kept.
        query: what a list is asked, from the body or the parameters, what was read of them, and the resource; filters and
            order are its own to read.
        routes: adds further routes to the fake.
        where: what a clause of the hub means, from the clause and the resource.
        hub: a record as the hub has it, from the vendor's and the resource.
    """

    id: str | None = None
    write: str | None = None
    shown: str | None = None
    query: str | None = None
    routes: str | None = None
    where: str | None = None
    hub: str | None = None


class VendorFile(_Part, frozen=True, kw_only=True):
    """A vendor: how its element is polled, how it is called, and how it answers.

    Attributes:
        vendor: the element's key.
        name: as people know it.
        about: what it has.
        number: the element's; one follows from the key.
        hub: whose kind of element it is.
        origin: the vendor's own; calls that go there reach the fake.
        authentication: how the vendor knows its callers.
        configuration: keys of the element, beside those of its credential and of all elements.
        poller: keys of all pollers' blocks that differ from what follows; {resource}, {updated}, {created} and {id} vary.
        record: how a record looks.
        resources: by the hub's names of them.
        list: asked for records without conditions, and for all where there is no search.
        search: asked for records with conditions.
        get: asked for one record.
        create: makes a record.
        update: changes a record.
        delete: deletes a record.
        me: asked whose the credential is; {user} in its answer.
        errors: what errors look like.
        limits: how many calls are answered.
        hooks: what the file cannot say.
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
    get: FileCall
    create: FileCall
    update: FileCall | None = None
    delete: DeleteCall | None = None
    me: FileCall | None = None
    errors: VendorErrors = VendorErrors()
    limits: tuple[VendorLimit, ...] = ()
    hooks: HookNames = HookNames()

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


METHODS = {"create": "POST", "update": "PATCH", "delete": "DELETE"}
"""Of a call that names none; of the others GET."""


def method_of(name: str, call: FileCall) -> str:
    """Return the method of a call, from its key in the file."""
    return call.method or METHODS.get(name, "GET")
