"""Which objects Insightly has, and which fields their records have: for the metadata of objects and for conditions. Pure.

Objects whose fields are not known are described by one of their records (ours).

Source: the names with ``Elements-Version: Helium`` (documented); that the hub's own count as ``ceCanonical`` is assumed.
"""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from elements_local.kit.api.json_text import encode_text
from elements_local.platform.ceql import Clause, fields_of
from elements_local.platform.ceql.record_path import root_of
from elements_local.platform.elements.connector import FieldMetadata, ObjectName, RenamedField
from elements_local.platform.elements.insightly.dialect import is_version_3
from elements_local.platform.elements.insightly.resources import HUB_NAMES, OWN_NAMES, InsightlyCollection
from elements_local.platform.errors import ProviderError, quoted
from elements_local.platform.provider.service import ProviderRequest

_STAMPS = "DATE_CREATED_UTC DATE_UPDATED_UTC"
_ACTIVITY = "LAST_ACTIVITY_DATE_UTC NEXT_ACTIVITY_DATE_UTC"
_VISIBLE = "VISIBLE_TO VISIBLE_TEAM_ID"
_VISIBLE_2 = f"{_VISIBLE} VISIBLE_USER_IDS"
_PARTS = ("STREET", "CITY", "STATE", "POSTCODE", "COUNTRY")
_SOCIAL = "SOCIAL_LINKEDIN SOCIAL_FACEBOOK SOCIAL_TWITTER"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _address(prefix: str) -> str:
    return " ".join(f"{prefix}_{part}" for part in _PARTS)


_TASK = (
    f"TASK_ID TITLE CATEGORY_ID DUE_DATE COMPLETED_DATE_UTC COMPLETED DETAILS STATUS PRIORITY PERCENT_COMPLETE "
    f"START_DATE MILESTONE_ID RESPONSIBLE_USER_ID OWNER_USER_ID {_STAMPS} PROJECT_ID OPPORTUNITY_ID "
    f"ASSIGNED_BY_USER_ID ASSIGNED_DATE_UTC ASSIGNED_TEAM_ID PARENT_TASK_ID OWNER_VISIBLE STAGE_ID "
    f"REMINDER_DATE_UTC REMINDER_SENT"
)
_USER = (
    f"USER_ID CONTACT_ID FIRST_NAME LAST_NAME TIMEZONE_ID EMAIL_ADDRESS EMAIL_DROPBOX_IDENTIFIER "
    f"EMAIL_DROPBOX_ADDRESS ADMINISTRATOR ACCOUNT_OWNER ACTIVE {_STAMPS} USER_CURRENCY CONTACT_DISPLAY CONTACT_ORDER TASK_WEEK_START INSTANCE_ID"
)

VERSION_2: Mapping[str, str] = {
    "/Contacts": (
        f"CONTACT_ID SALUTATION FIRST_NAME LAST_NAME BACKGROUND IMAGE_URL DEFAULT_LINKED_ORGANISATION "
        f"OWNER_USER_ID {_STAMPS} {_VISIBLE_2} CUSTOMFIELDS ADDRESSES CONTACTINFOS DATES TAGS LINKS CONTACTLINKS "
        f"{_SOCIAL} ASSISTANT_NAME CAN_EDIT CAN_DELETE"
    ),
    "/Organisations": (
        f"ORGANISATION_ID ORGANISATION_NAME BACKGROUND IMAGE_URL OWNER_USER_ID {_STAMPS} {_VISIBLE_2} CUSTOMFIELDS "
        f"ADDRESSES CONTACTINFOS DATES TAGS LINKS ORGANISATIONLINKS {_SOCIAL} CAN_EDIT CAN_DELETE"
    ),
    "/Leads": (
        f"LEAD_ID SALUTATION TITLE FIRST_NAME LAST_NAME ORGANIZATION_NAME PHONE_NUMBER MOBILE_PHONE_NUMBER "
        f"FAX_NUMBER EMAIL_ADDRESS WEBSITE_URL OWNER_USER_ID RESPONSIBLE_USER_ID {_STAMPS} CONVERTED "
        f"CONVERTED_DATE_UTC CONVERTED_CONTACT_ID CONVERTED_ORGANIZATION_ID CONVERTED_OPPORTUNITY_ID "
        f"LEAD_STATUS_ID LEAD_SOURCE_ID INDUSTRY EMPLOYEE_COUNT LEAD_RATING LEAD_DESCRIPTION {_VISIBLE_2} "
        f"{_address('ADDRESS')} CUSTOMFIELDS TAGS IMAGE_URL CAN_EDIT CAN_DELETE"
    ),
    "/Opportunities": (
        f"OPPORTUNITY_ID OPPORTUNITY_NAME OPPORTUNITY_DETAILS OPPORTUNITY_STATE OPPORTUNITY_STATE_REASON_ID "
        f"RESPONSIBLE_USER_ID OWNER_USER_ID BID_CURRENCY BID_AMOUNT BID_TYPE BID_DURATION OPPORTUNITY_VALUE "
        f"PROBABILITY FORECAST_CLOSE_DATE ACTUAL_CLOSE_DATE CATEGORY_ID PIPELINE_ID STAGE_ID IMAGE_URL {_STAMPS} "
        f"{_VISIBLE_2} CUSTOMFIELDS TAGS LINKS CAN_EDIT CAN_DELETE"
    ),
    "/Tasks": f"{_TASK} PUBLICLY_VISIBLE PIPELINE_ID RECURRENCE TASKLINKS CAN_EDIT CAN_DELETE",
    "/Users": _USER,
}
VERSION_3: Mapping[str, str] = {
    "/Contacts": (
        f"CONTACT_ID SALUTATION FIRST_NAME LAST_NAME IMAGE_URL BACKGROUND {_VISIBLE} OWNER_USER_ID {_STAMPS} {_SOCIAL} "
        f"DATE_OF_BIRTH PHONE PHONE_HOME PHONE_MOBILE PHONE_OTHER PHONE_ASSISTANT PHONE_FAX EMAIL_ADDRESS "
        f"ASSISTANT_NAME {_address('ADDRESS_MAIL')} {_address('ADDRESS_OTHER')} {_ACTIVITY} CREATED_USER_ID "
        f"ORGANISATION_ID TITLE EMAIL_OPTED_OUT CUSTOMFIELDS TAGS DATES LINKS"
    ),
    "/Organisations": (
        f"ORGANISATION_ID ORGANISATION_NAME BACKGROUND IMAGE_URL OWNER_USER_ID {_STAMPS} {_ACTIVITY} CREATED_USER_ID "
        f"PHONE PHONE_FAX WEBSITE {_address('ADDRESS_BILLING')} {_address('ADDRESS_SHIP')} {_SOCIAL} {_VISIBLE} "
        f"CUSTOMFIELDS TAGS DATES EMAILDOMAINS LINKS"
    ),
    "/Leads": (
        f"LEAD_ID SALUTATION FIRST_NAME LAST_NAME LEAD_SOURCE_ID LEAD_STATUS_ID TITLE CONVERTED CONVERTED_CONTACT_ID "
        f"CONVERTED_DATE_UTC CONVERTED_OPPORTUNITY_ID CONVERTED_ORGANISATION_ID {_STAMPS} EMAIL EMPLOYEE_COUNT FAX "
        f"INDUSTRY LEAD_DESCRIPTION LEAD_RATING MOBILE OWNER_USER_ID PHONE RESPONSIBLE_USER_ID WEBSITE "
        f"{_address('ADDRESS')} {_ACTIVITY} {_VISIBLE} ORGANISATION_NAME CREATED_USER_ID IMAGE_URL EMAIL_OPTED_OUT "
        f"CUSTOMFIELDS TAGS LINKS LINKED_EMAIL_ADDRESS"
    ),
    "/Opportunities": (
        f"OPPORTUNITY_ID OPPORTUNITY_NAME OPPORTUNITY_DETAILS OPPORTUNITY_STATE RESPONSIBLE_USER_ID CATEGORY_ID "
        f"IMAGE_URL BID_CURRENCY BID_AMOUNT BID_TYPE BID_DURATION ACTUAL_CLOSE_DATE {_STAMPS} OPPORTUNITY_VALUE "
        f"PROBABILITY FORECAST_CLOSE_DATE OWNER_USER_ID {_ACTIVITY} PIPELINE_ID STAGE_ID CREATED_USER_ID "
        f"ORGANISATION_ID PRICEBOOK_ID {_VISIBLE} CUSTOMFIELDS TAGS LINKS LINKED_EMAIL_ADDRESS"
    ),
    "/Tasks": f"{_TASK} EMAIL_ID RECURRENCE CREATED_USER_ID CUSTOMFIELDS LINKS",
    "/Users": f"{_USER} PROFILE_ID ROLE_ID",
}


def _rows(name: str, **row: str) -> RenamedField:
    return RenamedField(name, encode_text([row]))


def _infos(**columns: str) -> dict[str, RenamedField]:
    """Return columns of version 3 with their contact infos, each by its type and label."""
    return {
        column: _rows("CONTACTINFOS", TYPE=said.split()[0], LABEL=said.split()[1], DETAIL="...")
        for column, said in columns.items()
    }


def _addresses(**blocks: str) -> dict[str, RenamedField]:
    """Return columns of version 3 with their addresses, each block by its type."""
    return {
        f"{block}_{part}": _rows("ADDRESSES", ADDRESS_TYPE=said, **{part: "..."})
        for block, said in blocks.items()
        for part in _PARTS
    }


_EMPLOYER = _rows("LINKS", ORGANISATION_ID="...", ROLE="...")
RENAMED: Mapping[str, Mapping[str, RenamedField]] = {
    "/Contacts": {
        **_infos(
            PHONE="PHONE WORK", PHONE_HOME="PHONE HOME", PHONE_MOBILE="PHONE MOBILE", PHONE_OTHER="PHONE OTHER",
            PHONE_ASSISTANT="PHONE ASSISTANT", PHONE_FAX="PHONE FAX", EMAIL_ADDRESS="EMAIL WORK",
        ),
        **_addresses(ADDRESS_MAIL="POSTAL", ADDRESS_OTHER="OTHER"),
        "ORGANISATION_ID": RenamedField("DEFAULT_LINKED_ORGANISATION"),
        "TITLE": _EMPLOYER,
    },
    "/Organisations": {
        **_infos(PHONE="PHONE WORK", PHONE_FAX="PHONE FAX", WEBSITE="WEBSITE WORK"),
        "EMAILDOMAINS": _rows("CONTACTINFOS", TYPE="EMAILDOMAIN", DETAIL="..."),
        **_addresses(ADDRESS_BILLING="POSTAL", ADDRESS_SHIP="PRIMARY"),
    },
    "/Leads": {
        "CONVERTED_ORGANISATION_ID": RenamedField("CONVERTED_ORGANIZATION_ID"),
        "EMAIL": RenamedField("EMAIL_ADDRESS"),
        "FAX": RenamedField("FAX_NUMBER"),
        "MOBILE": RenamedField("MOBILE_PHONE_NUMBER"),
        "ORGANISATION_NAME": RenamedField("ORGANIZATION_NAME"),
        "PHONE": RenamedField("PHONE_NUMBER"),
        "WEBSITE": RenamedField("WEBSITE_URL"),
    },
    "/Opportunities": {"ORGANISATION_ID": _rows("LINKS", ORGANISATION_ID="...")},
    "/Tasks": {"LINKS": _rows("TASKLINKS", CONTACT_ID="...")},
}  # fmt: skip
"""By paths, the fields of version 3.1 that version 2.2 has elsewhere (documented; see the row on v2.2's rows and v3's columns)."""

BOOLEANS = _words(
    "ACCOUNT_OWNER ACTIVE ADMINISTRATOR ALL_DAY CAN_DELETE CAN_EDIT COMPLETED CONVERTED EMAIL_OPTED_OUT OWNER_VISIBLE "
    "PUBLICLY_VISIBLE REMINDER_SENT"
)
NUMBERS = _words(
    "BID_AMOUNT BID_DURATION DEFAULT_LINKED_ORGANISATION EMPLOYEE_COUNT LEAD_RATING OPPORTUNITY_VALUE PERCENT_COMPLETE "
    "PRIORITY PROBABILITY TASK_WEEK_START"
)
TEXT_IDS = _words("TIMEZONE_ID")
LISTS = _words(
    "ADDRESSES CONTACTINFOS CONTACTLINKS CUSTOMFIELDS DATES EMAILDOMAINS LINKS ORGANISATIONLINKS TAGS TASKLINKS"
)
DATES = _words("ACTUAL_CLOSE_DATE DATE_OF_BIRTH DUE_DATE FORECAST_CLOSE_DATE START_DATE")
READ_ONLY = _words(
    f"{_STAMPS} {_ACTIVITY} CAN_DELETE CAN_EDIT CREATED_USER_ID CONVERTED CONVERTED_CONTACT_ID CONVERTED_DATE_UTC "
    f"CONVERTED_OPPORTUNITY_ID CONVERTED_ORGANISATION_ID CONVERTED_ORGANIZATION_ID IMAGE_URL LINKED_EMAIL_ADDRESS "
    f"OPPORTUNITY_VALUE PIPELINE_ID PRICEBOOK_ID STAGE_ID"
)
CUSTOM_TYPES = {
    "BIT": "boolean",
    "NUMERIC": "number",
    "PERCENT": "number",
    "DATE": "date",
    "DATETIME": "date",
}
"""Insightly's types of custom fields (recorded v3.1 replies, observed); all others are texts."""


Record = Mapping[str, object]

_CUSTOM = re.compile(r"\w+__c|[A-Z]+_FIELD_\d+", re.ASCII | re.IGNORECASE)
"""How custom fields are called on 3.1 and on 2.2 (documented); which ones there are, the customer decides."""


def objects(custom: Iterable[Mapping[str, object]]) -> list[ObjectName]:
    """Return the objects, those of the hub first.

    Args:
        custom: the customer's own, as Insightly describes them.
    """
    hub: list[ObjectName] = [
        {"name": name, "vendorName": path, "type": "ceCanonical"} for name, path in HUB_NAMES.items()
    ]
    names = {*HUB_NAMES.values()}
    own = [name for name in OWN_NAMES if name not in names or name == "Tasks"]
    named = [str(each["OBJECT_NAME"]) for each in custom if each.get("OBJECT_NAME")]
    vendors: list[ObjectName] = [
        {"name": name.lower() if name in OWN_NAMES else name, "vendorName": name, "type": "vendor"}
        for name in [*own, *named]
    ]
    return hub + vendors


def custom_objects() -> ProviderRequest:
    """Return the call for the customer's own objects; version 2.2 has none, and no such path (documented)."""
    return ProviderRequest(method="GET", path="/CustomObjects")


def custom_fields(place: InsightlyCollection, base_url: str) -> ProviderRequest:
    """Return the call for the custom fields of a collection: 2.2 lists those of all at once (documented)."""
    return ProviderRequest(
        method="GET", path=f"/CustomFields{place.path}" if is_version_3(base_url) else "/CustomFields"
    )


def is_about(definition: Mapping[str, object], place: InsightlyCollection) -> bool:
    """Say whether a custom field is one of a collection's: ``FIELD_FOR`` is its singular in capitals (documented)."""
    about = str(definition.get("FIELD_FOR")).upper()
    name = place.path.strip("/").upper()
    return name in {about, f"{about}S", f"{about.removesuffix('Y')}IES"}


def known_fields(path: str, id_field: str | None, *, base_url: str) -> list[FieldMetadata]:
    """Return the fields of a collection that is listed here; none of another."""
    names = (VERSION_3 if is_version_3(base_url) else VERSION_2).get(path, "")
    return [_field(name, _type(name), id_field) for name in names.split()]


def renamed_fields(path: str, *, base_url: str) -> Mapping[str, RenamedField]:
    """Return the fields of a collection that only the other version has, with where they stand in the one that is called."""
    renamed = RENAMED.get(path, {})
    if not is_version_3(base_url):
        return renamed
    return {field.name: RenamedField(name) for name, field in renamed.items() if not field.form}


def fields_of_record(record: Record, id_field: str | None) -> list[FieldMetadata]:
    """Return the fields that a record shows."""
    return [_field(name, _type_of(name, value), id_field) for name, value in record.items()]


def custom_field(definition: Record) -> FieldMetadata:
    """Return what a definition of a custom field says: 3.1 knows it by name, 2.2 by its id (documented)."""
    name = str(definition.get("CUSTOM_FIELD_ID") or definition.get("FIELD_NAME"))
    native = str(definition.get("FIELD_TYPE") or "TEXT")
    editable = definition.get("EDITABLE") is not False
    return _described(name, CUSTOM_TYPES.get(native.upper(), "string"), native, writable=editable)


def with_custom_fields(record: Record) -> Record:
    """Return a record in which custom fields can be found by their names, as conditions name them."""
    rows = record.get("CUSTOMFIELDS")
    if not isinstance(rows, list) or not rows:
        return record
    custom = {
        str(row.get("FIELD_NAME") or row.get("CUSTOM_FIELD_ID")): row.get("FIELD_VALUE")
        for row in rows
        if isinstance(row, dict)
    }
    # A field of the record's own comes before a custom one of the same name.
    return {**custom, **record}


def refuse_unknown_fields(place: InsightlyCollection, clause: Clause | None, *, base_url: str) -> None:
    """Refuse a clause about fields that no record of a collection has, where its fields are known.

    Insightly refuses what it does not know, and finds nothing by a field that no record has; a condition that is held
    against records here must not fall silent either (ours).

    Raises:
        ProviderError: names the field, and the nearest that there is, as if Insightly had (inferred).
    """
    if clause is None:
        return
    names = [field["vendorPath"] for field in known_fields(place.path, place.id_field, base_url=base_url)]
    if not names:
        return
    for name in fields_of(clause):
        root = root_of(name).upper()
        if root not in names and not _CUSTOM.fullmatch(root):
            near = get_close_matches(root, names, n=1)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(names)}"
            said = f"{place.resource} have no field {quoted(name)}; {hint}"
            raise ProviderError(status=400, message=said, provider_message=said)


def _field(name: str, kind: str, id_field: str | None) -> FieldMetadata:
    return _described(name, kind, kind, writable=name not in READ_ONLY and name != id_field)


def _described(name: str, kind: str, native: str, *, writable: bool) -> FieldMetadata:
    flag = "true" if writable else "false"
    return {
        "vendorPath": name,
        "type": kind,
        "vendorNativeType": native,
        "vendorReadOnly": not writable,
        "filterable": "false" if kind == "array" else "true",
        "createable": flag,
        "updateable": flag,
    }


def _type_of(name: str, value: object) -> str:
    """Return the type of a value; a null says nothing, so that the name decides."""
    match value:
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case list():
            return "array"
        case dict():
            return "object"
        case _:
            return _type(name)


def _type(name: str) -> str:
    if name in BOOLEANS:
        return "boolean"
    if name in LISTS:
        return "array"
    if name in DATES or name.endswith(("_UTC", "_DATE")):
        return "date"
    is_number = name in NUMBERS or (name.endswith("_ID") and name not in TEXT_IDS)
    return "number" if is_number else "string"
