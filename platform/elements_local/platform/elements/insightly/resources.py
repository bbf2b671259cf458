"""Where the hub's resources live in Insightly: paths, ids, what is a list inside its parent. Pure."""

import re
from functools import lru_cache
from urllib.parse import quote

from msgspec import Struct

from elements_local.kit.text import whole_number
from elements_local.platform.errors import NotFoundError

HUB_NAMES = {
    "accounts": "Organisations",
    "activities": "ActivitySets",
    "contacts": "Contacts",
    "leads": "Leads",
    "opportunities": "Opportunities",
    "users": "Users",
}
"""Source: accounts are Insightly's organisations (documented); that activities are its sets of them follows from their id
field in the vendor's API test suite (observed, inferred)."""

OWN_NAMES = {
    "Contacts": "CONTACT_ID",
    "Emails": "EMAIL_ID",
    "Events": "EVENT_ID",
    "Leads": "LEAD_ID",
    "Milestones": "MILESTONE_ID",
    "Notes": "NOTE_ID",
    "Opportunities": "OPPORTUNITY_ID",
    "Organisations": "ORGANISATION_ID",
    "Projects": "PROJECT_ID",
    "Tasks": "TASK_ID",
    "Teams": "TEAM_ID",
    "Users": "USER_ID",
}
"""Insightly's searchable collections and their id fields (documented: v2.2 and v3.1 OpenAPI documents)."""

_LOOKUPS = {
    "ActivitySets": "ACTIVITYSET_ID",
    "FileCategories": "CATEGORY_ID",
    "LeadSources": "LEAD_SOURCE_ID",
    "LeadStatuses": "LEAD_STATUS_ID",
    "OpportunityCategories": "CATEGORY_ID",
    "Pipelines": "PIPELINE_ID",
    "PipelineStages": "STAGE_ID",
    "ProjectCategories": "CATEGORY_ID",
    "TaskCategories": "CATEGORY_ID",
    "TeamMembers": "PERMISSION_ID",
}
"""Insightly's short lists, which cannot be searched, and their id fields (documented there)."""

_OWN_ID_FIELDS = {**OWN_NAMES, **_LOOKUPS}
_BY_LOWER_CASE = {name.lower(): name for name in _OWN_ID_FIELDS}

ID_FIELDS = {resource: _OWN_ID_FIELDS[name] for resource, name in HUB_NAMES.items()}
"""Resource of the CRM hub -> Insightly's id field; accounts and contacts documented, the others the API's own."""

_INSIDE = {
    "addresses": ("ADDRESSES", "ADDRESS_ID"),
    "contactinfos": ("CONTACTINFOS", "CONTACT_INFO_ID"),
    "contactlinks": ("CONTACTLINKS", "CONTACT_LINK_ID"),
    "customfields": ("CUSTOMFIELDS", "CUSTOM_FIELD_ID"),
    "dates": ("DATES", "DATE_ID"),
    "emaildomains": ("EMAILDOMAINS", "EMAIL_DOMAIN_ID"),
    "links": ("LINKS", "LINK_ID"),
    "organisationlinks": ("ORGANISATIONLINKS", "ORG_LINK_ID"),
    "tags": ("TAGS", "TAG_NAME"),
}
"""Children that are lists within their parent: its key, and the id field of a row.

Source: v2.2 cannot list them by a path of their own, they are read inside the parent (documented); reading and
writing them there on every version is ours.
"""

_READ_ONLY = frozenset({"ActivitySets", "Users"})
_WHOLE = frozenset({"countries", "currencies", "customfields", "customfieldgroups", "customobjects"})
"""Lists that Insightly gives as a whole, whatever page is asked for (documented: v3.1 OpenAPI document)."""

_CUSTOM_ID = "RECORD_ID"
_NAME = re.compile(r"[A-Za-z]\w{0,99}", re.ASCII)


class InsightlyCollection(Struct, frozen=True, kw_only=True):
    """A list of Insightly's.

    Attributes:
        resource: as the client names it, such as ``accounts`` or ``accounts/5/notes``.
        path: below ``base.url``.
        id_field: None where nobody knows it.
        searchable: whether ``/Search`` is there.
        read_only: whether Insightly lets nobody write here.
        parent: the collection and the id of the record that this is about, if it is a child.
        key: of the parent's record, if that holds the list.
        paged: whether a page of it can be asked for.
        own: of a child's records, where they live by themselves; None if they do not.
    """

    resource: str
    path: str
    id_field: str | None
    searchable: bool = False
    read_only: bool = False
    parent: "tuple[InsightlyCollection, str] | None" = None
    key: str | None = None
    own: "InsightlyCollection | None" = None
    paged: bool = True


@lru_cache(maxsize=512)
def collection(resource: str) -> InsightlyCollection:
    """Return where a resource lives: a name of the hub, or of any object of Insightly's, and its children.

    Raises:
        NotFoundError: nothing can have this name.

    Source: any object is reached by its name, and children by ``{objectName}/{id}/{childName}`` (documented).

    >>> collection("accounts").path, collection("Fruit__c").id_field, collection("contacts/5/notes").path
    ('/Organisations', 'RECORD_ID', '/Contacts/5/Notes')
    """
    name, _, below = resource.partition("/")
    if not below:
        return _named(name)
    record_id, _, child = below.partition("/")
    return _child(_named(name), record_id, child)


def record_path(place: InsightlyCollection, record_id: str) -> str:
    """Return the path of one record.

    Raises:
        NotFoundError: Insightly's ids are numbers, and this is none.
    """
    if place.id_field is None:
        return f"{place.path}/{quote(record_id, safe='', errors='replace')}"
    return f"{place.path}/{number(place, record_id)}"


def number(place: InsightlyCollection, record_id: str) -> int:
    """Return an id as Insightly has them; anything else is an id that nothing has.

    Raises:
        NotFoundError: it is anything else.
    """
    record_number = whole_number(record_id)
    if record_number is None:
        raise NotFoundError(place.resource, quote(record_id, safe="", errors="replace"))
    return record_number


def _named(name: str) -> InsightlyCollection:
    if not _NAME.fullmatch(name):
        raise NotFoundError("resource", name, named="name")
    path = HUB_NAMES.get(name.lower()) or _BY_LOWER_CASE.get(name.lower(), name)
    custom = path.lower().endswith("__c")
    return InsightlyCollection(
        resource=name,
        path=f"/{path}",
        id_field=_CUSTOM_ID if custom else _OWN_ID_FIELDS.get(path),
        searchable=custom or path in OWN_NAMES,
        read_only=path in _READ_ONLY,
        paged=path.lower() not in _WHOLE,
    )


def _child(parent: InsightlyCollection, record_id: str, name: str) -> InsightlyCollection:
    own = _named(name)
    key, id_field = _INSIDE.get(name.lower(), (None, own.id_field))
    return InsightlyCollection(
        resource=f"{parent.resource}/{record_id}/{name}",
        path=f"{record_path(parent, record_id)}{own.path}",
        id_field=id_field,
        parent=(parent, record_id),
        key=key,
        own=own if key is None and own.id_field else None,
    )
