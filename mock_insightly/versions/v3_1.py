"""Version 3.1: flat records, shown as they are kept; partial updates; search by one field's name and value."""

from mock_insightly import kinds
from mock_insightly.account.definitions import custom_fields_of
from mock_insightly.kinds import RecordKind
from mock_insightly.records.fields import Record, rows_of
from mock_insightly.records.row_types import custom_field
from mock_insightly.versions.shape import Key, Shape, flat, hung_on, methods, shapes_of
from mock_insightly.versions.v3_paths import LOOKUPS, SUB_RESOURCES, UNSERVED, UNSERVED_BELOW
from mock_insightly.versions.v3_search import FILTERS, one_date_form, search_filter
from mock_insightly.versions.version import Version
from mock_kit.api.json_text import Json
from mock_kit.values import replace

_REQUIRED = {
    kinds.CONTACTS.name: ("FIRST_NAME",),
    kinds.ORGANISATIONS.name: ("ORGANISATION_NAME",),
    kinds.LEADS.name: ("LAST_NAME",),
    kinds.OPPORTUNITIES.name: ("OPPORTUNITY_NAME",),
    kinds.PROJECTS.name: ("PROJECT_NAME", "STATUS"),
    kinds.TASKS.name: ("TITLE",),
    kinds.EVENTS.name: ("START_DATE_UTC", "END_DATE_UTC"),
    kinds.NOTES.name: ("TITLE",),
    kinds.MILESTONES.name: ("DUE_DATE", "COMPLETED"),
    kinds.LEAD_SOURCES.name: ("LEAD_SOURCE",),
    kinds.LEAD_STATUSES.name: ("LEAD_STATUS",),
    **{kind.name: ("CATEGORY_NAME",) for kind in kinds.CATEGORIES},
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

    def key(field_key: Key) -> Key:
        return Key(
            name=field_key.name, holds=field_key.holds, show=show, take=field_key.take, collection=True
        )

    keys = [flat(field) for field in kind.fields]
    return Shape(
        kind=kind,
        keys=tuple(key(one) if one.name == "CUSTOMFIELDS" else one for one in keys),
        required=("RECORD_NAME",),
        check=one_date_form,
    )


def _comment() -> Shape:
    """Return the shape of comments.

    Source: behind the dates, what a comment is on, in the answer to a PUT (Insightly v3.1 OpenAPI document, documented);
        that every answer says so is assumed.
    """
    shape = _shape(kinds.COMMENTS, "U", "D")
    # One pair of fields is kept; a key for each kind of parent is shown, of which one is not null.
    of = (hung_on(kinds.COMMENTS, kind) for kind in (kinds.NOTES, kinds.TASKS, kinds.EMAILS))
    return replace(shape, keys=(*shape.keys, *of))


def _team() -> Shape:
    """Return the shape of teams.

    Source: ANONYMOUS_TEAM behind the name (the Go client, observed; the v3.1 OpenAPI document tells of it without listing
        it).
    """
    shape = _shape(kinds.TEAMS, "GCU", "GD")
    first, name, *rest, anonymous = shape.keys
    return replace(shape, keys=(first, name, anonymous, *rest), minds_members=True)


_SHAPES = (
    _shape(kinds.CONTACTS, "GCU", "GD", searched=True, tagged=True),
    _shape(kinds.ORGANISATIONS, "GCU", "GD", searched=True, tagged=True),
    _shape(kinds.LEADS, "GCU", "GD", searched=True, tagged=True),
    _shape(kinds.OPPORTUNITIES, "GCU", "GD", searched=True, tagged=True),
    _shape(kinds.PROJECTS, "GCU", "GD", searched=True, tagged=True),
    _shape(kinds.TASKS, "GCU", "GD", searched=True),
    _shape(kinds.EVENTS, "GCU", "GD", searched=True),
    _shape(kinds.NOTES, "GU", "GD", searched=True),
    _shape(kinds.EMAILS, "G", "GD", searched=True, tagged=True),
    _shape(kinds.MILESTONES, "G", "G", searched=True),
    _shape(kinds.USERS, "G", "G", searched=True),
    _team(),
    _shape(kinds.LEAD_SOURCES, "GCUD", ""),
    replace(_shape(kinds.LEAD_STATUSES, "GCUD", ""), hides=("include_converted", "FOR_CONVERTED")),
    *(_shape(kind, "GCU", "GD") for kind in kinds.CATEGORIES),
    _shape(kinds.FOLLOWS, "G", ""),
    _comment(),
    _shape(kinds.FILE_ATTACHMENTS, "", "GD"),
    _shape(kinds.STATE_CHANGES, "", ""),
)
"""Source: Insightly v3.1 OpenAPI document (documented)."""

VERSION = Version(
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

VERSION_3_0 = replace(
    VERSION,
    name="v3.0",
    replaces=True,
    unserved={name: UNSERVED[name] for name in ("ticket", "prospect", "knowledgearticle")},
    unserved_below={"mergedocument": UNSERVED_BELOW["mergedocument"]},
)
"""Source: a PUT must send all fields; fewer objects, none of which are served here (Insightly v3.1 help page, documented,
but thin)."""
