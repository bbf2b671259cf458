"""Version 3: flat records, shown as they are kept; partial updates; search by one field's name and value.

Source: lists and what hangs below records from the Insightly v3.1 OpenAPI document (documented), but for what a PUT of a
    collection takes and answers: an array in place of all rows, or one row in place of that with its id (assumed).
    ``/Notes/{id}/Comment`` answers with arrays and has no pages (documented); that they are of comments, as its name says, and
    not of notes, as the document has it, is assumed.
"""

from collections.abc import Mapping
from difflib import get_close_matches

from elements_local.kit.api.json_text import Json
from elements_local.kit.values import replace
from mock_insightly.errors import (
    HalfAFilterError,
    HiddenByPlanError,
    MixedDatesError,
    NoSuchFieldError,
    NotImitatedError,
    OutOfPlanError,
    UnservedError,
)
from mock_insightly.fields import lookups
from mock_insightly.fields.definitions import custom_fields_of
from mock_insightly.fields.fields import Record, Rows, Sent, rows_of
from mock_insightly.fields.lookups import Lookup
from mock_insightly.fields.row_types import CustomFields, custom_field
from mock_insightly.kinds import sales, work
from mock_insightly.kinds.account import CATEGORIES, LEAD_SOURCES, LEAD_STATUSES, TEAMS, USERS
from mock_insightly.kinds.kind import RecordKind
from mock_insightly.records.search import Criterion, Query, RecordFilter, exactly
from mock_insightly.versions import sub_resources as subs
from mock_insightly.versions.shape import Shape, flat, methods, parent_id_key, shapes_of
from mock_insightly.versions.sub_resources import CUSTOM, SubResources, below, collection
from mock_insightly.versions.v2 import PARENTS, shared
from mock_insightly.versions.version import Version

LOOKUPS = lookups.by_name(
    *lookups.SHARED,
    Lookup(name="CustomObjects", rows=lookups.custom_objects, key="OBJECT_NAME", paged=False),
    Lookup(name="Instance", rows=lookups.instance, single=True),
)

_LINKS = ("Links", "LINK_ID", "LINK_OBJECT_NAME", "LINK_OBJECT_ID")
_COMMENT = subs.Children(
    name="Comment", kind=work.COMMENTS, on_all=methods("GCU"), on_one=methods("D"), arrays=True
)

SUB_RESOURCES: SubResources = {
    **shared(notes="GCU", members="C", staged="Leads Opportunities Projects", image_status=201),
    **dict(
        [
            *below(f"{PARENTS} Emails", collection("Tags", "TAG_NAME", "TAG_NAME", on_all="GCUD", on_one="")),
            *below(
                "Contacts Organisations", collection("Dates", "DATE_ID", on_all="GU", on_one="", upserts=True)
            ),
            *below(
                "Organisations",
                collection(
                    "EmailDomains", "EMAIL_DOMAIN_ID", "EMAIL_DOMAIN", on_all="GU", on_one="", upserts=True
                ),
            ),
            *below(PARENTS, collection(*_LINKS, on_all="GCU")),
            *below("Tasks Events Notes Emails", collection(*_LINKS, on_all="GC")),
            *below(
                f"{PARENTS} Tasks Events",
                subs.FieldPicture(name="ImageField", on_all=methods(""), on_one=methods("GUD")),
            ),
            *below("Opportunities", subs.StateSwitch(name="StateChange", on_all=methods("U"))),
            *below("Notes", _COMMENT),
            *below(
                CUSTOM,
                subs.Attachments(name="FileAttachments", kind=work.FILE_ATTACHMENTS, on_all=methods("GC")),
            ),
        ]
    ),
}


_UNSERVED: Mapping[type[UnservedError], str] = {
    HiddenByPlanError: "opportunitylineitem pricebook pricebookentry product quotation quotationlineitem",
    OutOfPlanError: (
        "communitycomments communityforums communityposts forumcategories knowledgearticle knowledgearticlecategory "
        "knowledgearticlefolder prospect ticket"
    ),
    NotImitatedError: "cti documenttemplates marketingcustomevent marketingvisits",
}
UNSERVED = {name: error for error, names in _UNSERVED.items() for name in names.split()}
"""By resource.

Source: the resources are those of the v3.1 OpenAPI document (documented); the two ways of a Professional plan are the
    Ampersand connector's list (observed second-hand). That what hangs below a record goes the way of its resource, and
    that merge documents are closed, is assumed.
"""

UNSERVED_BELOW: Mapping[str, type[UnservedError]] = {
    "opportunitylineitem": HiddenByPlanError,
    "pricebook": HiddenByPlanError,
    "mergedocument": OutOfPlanError,
    "translations": NotImitatedError,
}
"""By what hangs below a record of another resource."""


FILTERS = ("field_name", "field_value")


def one_date_form(sent: Sent, kind: RecordKind) -> None:
    """Refuse a body whose dates are not all written the same way.

    Raises:
        MixedDatesError: one has a ``T``, another has not.

    Source: 400, probed live by insightly-mcp (observed second-hand); that read-only dates do not count is assumed.
    """
    dates = {name: text for name in kind.written_dates if isinstance(text := sent.get(name), str)}
    iso = next((name for name, text in dates.items() if "T" in text.upper()), None)
    spaced = next((name for name, text in dates.items() if " " in text.strip()), None)
    if iso and spaced:
        raise MixedDatesError(spaced, iso)


def search_filter(shape: Shape, query: Query) -> RecordFilter:
    """Read ``field_name`` and ``field_value``; neither is fine.

    Raises:
        HalfAFilterError: one came without the other.
        NoSuchFieldError: no such field can be searched.
        FieldError: the value does not fit the field.

    Source: Insightly v3.1 OpenAPI document and help page (documented); a search without any filter lists everything
        (so the Ampersand connector reads, observed); all three refusals are assumed.
    """
    name, value = query.get("field_name", "").strip(), query.get("field_value", "")
    if bool(name) != bool(value):
        came, missing = ("field_name", "field_value") if name else ("field_value", "field_name")
        raise HalfAFilterError(missing, came)
    return RecordFilter(criterion=_criterion(shape.kind, name, value)) if name else RecordFilter()


def _criterion(kind: RecordKind, name: str, value: str) -> Criterion:
    if name.lower().endswith("__c"):
        return Criterion(places=(f"CUSTOMFIELDS:{name}",), value=_custom_value(kind, name, value))
    field = kind.field(name)
    if field is None or field.name in kind.hidden or isinstance(field.type, Rows | CustomFields):
        names = [field.name for field in kind.fields if field.name not in kind.hidden]
        raise NoSuchFieldError(name, kind.name, get_close_matches(name.upper(), names, n=2))
    return exactly(field, value, called=name)


def _custom_value(kind: RecordKind, name: str, text: str) -> str | float | bool:
    """Return what a custom field must hold.

    Raises:
        FieldError: the field can hold no such value.
    """
    value = CustomFields(of=kind.entity).value(name, text, name)
    return value if isinstance(value, str | int | float) else text


_REQUIRED = {
    sales.CONTACTS.name: ("FIRST_NAME",),
    sales.ORGANISATIONS.name: ("ORGANISATION_NAME",),
    sales.LEADS.name: ("LAST_NAME",),
    sales.OPPORTUNITIES.name: ("OPPORTUNITY_NAME",),
    sales.PROJECTS.name: ("PROJECT_NAME", "STATUS"),
    work.TASKS.name: ("TITLE",),
    work.EVENTS.name: ("START_DATE_UTC", "END_DATE_UTC"),
    work.NOTES.name: ("TITLE",),
    sales.MILESTONES.name: ("DUE_DATE", "COMPLETED"),
    LEAD_SOURCES.name: ("LEAD_SOURCE",),
    LEAD_STATUSES.name: ("LEAD_STATUS",),
    **{kind.name: ("CATEGORY_NAME",) for kind in CATEGORIES},
}
"""Source: Insightly v3.1 OpenAPI document (documented) as far as projects, and of milestones; what it also lists, ids, a lead's source and
status, a task's owner and stamps, clients leave out without harm (observed). Of the rest, that they want a name is
assumed."""


def _shape(
    kind: RecordKind, on_all: str, on_one: str, *, searched: bool = False, tagged: bool = False
) -> Shape:
    return Shape(
        kind=kind,
        keys=tuple(flat(field) for field in kind.fields if field.name not in kind.hidden),
        required=_REQUIRED.get(kind.name, ()),
        on_all=methods(on_all),
        on_one=methods(on_one),
        searched=searched,
        tagged=tagged,
        check=one_date_form,
    )


def custom_shape(kind: RecordKind) -> Shape:
    """Return the shape of a custom object's records, which show all their custom fields.

    Source: fields without a value are there, with null, unlike a contact's (recorded by the Ampersand connector,
        observed); that the record's name is required is assumed.
    """

    def show(record: Record) -> Json:
        held = {row["FIELD_NAME"]: row["FIELD_VALUE"] for row in rows_of(record, "CUSTOMFIELDS")}
        # All that are defined, in the order of their definitions, and what an import may have brought beside them.
        every = {field.name: None for field in custom_fields_of(kind.entity)} | held
        return [custom_field(name, value) for name, value in every.items()]

    keys = [flat(field) for field in kind.fields]
    return Shape(
        kind=kind,
        keys=tuple(
            replace(key, show=show, canonical=None) if key.name == "CUSTOMFIELDS" else key for key in keys
        ),
        required=("RECORD_NAME",),
        check=one_date_form,
    )


def _comment() -> Shape:
    """Return the shape of comments.

    Source: behind the dates, what a comment is on, in the answer to a PUT (Insightly v3.1 OpenAPI document, documented);
        that every answer says so is assumed.
    """
    shape = _shape(work.COMMENTS, "U", "D")
    # One pair of fields is kept; a key for each kind of parent is shown, of which one is not null.
    of = (parent_id_key(work.COMMENTS, kind) for kind in (work.NOTES, work.TASKS, work.EMAILS))
    return replace(shape, keys=(*shape.keys, *of))


def _team() -> Shape:
    """Return the shape of teams.

    Source: ANONYMOUS_TEAM behind the name (the Go client, observed; the v3.1 OpenAPI document tells of it without listing
        it).
    """
    shape = _shape(TEAMS, "GCU", "GD")
    first, name, *rest, anonymous = shape.keys
    return replace(shape, keys=(first, name, anonymous, *rest), is_team=True)


_SHAPES = (
    _shape(sales.CONTACTS, "GCU", "GD", searched=True, tagged=True),
    _shape(sales.ORGANISATIONS, "GCU", "GD", searched=True, tagged=True),
    _shape(sales.LEADS, "GCU", "GD", searched=True, tagged=True),
    _shape(sales.OPPORTUNITIES, "GCU", "GD", searched=True, tagged=True),
    _shape(sales.PROJECTS, "GCU", "GD", searched=True, tagged=True),
    _shape(work.TASKS, "GCU", "GD", searched=True),
    _shape(work.EVENTS, "GCU", "GD", searched=True),
    _shape(work.NOTES, "GU", "GD", searched=True),
    _shape(work.EMAILS, "G", "GD", searched=True, tagged=True),
    _shape(sales.MILESTONES, "G", "G", searched=True),
    _shape(USERS, "G", "G", searched=True),
    _team(),
    _shape(LEAD_SOURCES, "GCUD", ""),
    replace(_shape(LEAD_STATUSES, "GCUD", ""), hides="FOR_CONVERTED"),
    *(_shape(kind, "GCU", "GD") for kind in CATEGORIES),
    _shape(work.FOLLOWS, "G", ""),
    _comment(),
    _shape(work.FILE_ATTACHMENTS, "", "GD"),
    _shape(work.STATE_CHANGES, "", ""),
)
"""Source: Insightly v3.1 OpenAPI document (documented)."""

V3_1 = Version(
    name="v3.1",
    shapes=shapes_of(*_SHAPES),
    lookups=LOOKUPS,
    sub_resources=SUB_RESOURCES,
    filters=lambda _kind: FILTERS,
    search_filter=search_filter,
    replaces=False,
    tagged=True,
    tags_of_one=True,
    tells_singular=True,
    unserved=UNSERVED,
    unserved_below=UNSERVED_BELOW,
    custom_shape=custom_shape,
)

V3_0 = replace(
    V3_1,
    name="v3.0",
    replaces=True,
    unserved={name: UNSERVED[name] for name in ("ticket", "prospect", "knowledgearticle")},
    unserved_below={"mergedocument": UNSERVED_BELOW["mergedocument"]},
)
"""Source: a PUT must send all fields; fewer objects, none of which are served here (Insightly v3.1 help page, documented,
but thin)."""
