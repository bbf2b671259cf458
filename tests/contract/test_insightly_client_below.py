"""A client written from the vendor's documents alone lives with what hangs below records, in every version."""

from dataclasses import dataclass
from itertools import product
from urllib.parse import quote

import pytest

V2, V3 = ("v2.2", "v2.3"), ("v3.0", "v3.1")
PARENTS = ("Contacts", "Organisations", "Leads", "Opportunities", "Projects")


@dataclass(frozen=True, kw_only=True)
class RowsOfV2:
    """Rows that v2 knows by a path of their own.

    Attributes:
        value: the key of a row that is written, and what it is then changed to.
        more: what a new row needs besides.
        puts: whether a row can be put.
    """

    key: str
    by: str
    value: tuple[str, object, object]
    more: tuple[tuple[str, object], ...] = ()
    puts: bool = True


ROWS_OF_V2 = {
    **{
        f"{resource}/Addresses": RowsOfV2(
            key="ADDRESSES",
            by="ADDRESS_ID",
            value=("CITY", "Oslo", "Bergen"),
            more=(("ADDRESS_TYPE", "POSTAL"),),
        )
        for resource in ("Contacts", "Organisations")
    },
    **{
        f"{resource}/ContactInfos": RowsOfV2(
            key="CONTACTINFOS",
            by="CONTACT_INFO_ID",
            value=("DETAIL", "12345", "67890"),
            more=(("TYPE", "PHONE"), ("LABEL", "WORK")),
        )
        for resource in ("Contacts", "Organisations")
    },
    **{
        f"{resource}/Dates": RowsOfV2(
            key="DATES",
            by="DATE_ID",
            value=("OCCASION_NAME", "Birthday", "Anniversary"),
            more=(("OCCASION_DATE", "2026-05-05 00:00:00"),),
        )
        for resource in ("Contacts", "Organisations")
    },
}


@pytest.mark.parametrize(
    ("version", "place"),
    [
        (version, place)
        for version, place in product(V2, ROWS_OF_V2)
        if version == "v2.2" or place.endswith("/Dates")
    ],
)
def test_rows_of_v2_are_added_put_and_taken_away(client_of, version, place):
    client, rows = client_of(version), ROWS_OF_V2[place]
    resource, sub = place.split("/")
    record, (name, first, second) = client.make(resource), rows.value

    made = client.call("POST", f"{record}/{sub}", 201, {name: first, **dict(rows.more)})
    assert made[name] == first
    if rows.puts:
        assert client.call("PUT", f"{record}/{sub}", 200, {**made, name: second})[name] == second
    (shown,) = client.call("GET", record, 200)[rows.key]
    assert shown[name] == second
    client.call("DELETE", f"{record}/{sub}/{shown[rows.by]}", 202)

    assert not client.call("GET", record, 200)[rows.key]


LINKS_OF_V2 = {
    "Contacts/Links": ("OPPORTUNITY_ID", "Opportunities"),
    "Contacts/ContactLinks": ("SECOND_CONTACT_ID", "Contacts"),
    "Organisations/Links": ("PROJECT_ID", "Projects"),
    "Organisations/OrganisationLinks": ("SECOND_ORGANISATION_ID", "Organisations"),
    "Opportunities/Links": ("CONTACT_ID", "Contacts"),
    "Projects/Links": ("SECOND_PROJECT_ID", "Projects"),
    "Tasks/TaskLinks": ("CONTACT_ID", "Contacts"),
    "Events/EventLinks": ("ORGANISATION_ID", "Organisations"),
    "Notes/NoteLinks": ("OPPORTUNITY_ID", "Opportunities"),
    "Emails/EmailLinks": ("CONTACT_ID", "Contacts"),
}


@pytest.mark.parametrize(("version", "place"), list(product(V2, LINKS_OF_V2)))
def test_links_of_v2_are_made_shown_and_taken_away(client_of, version, place):
    client, (resource, sub) = client_of(version), place.split("/")
    column, other = LINKS_OF_V2[place]
    record, number = client.make(resource), client.number(other)
    before = client.call("GET", record, 200)[sub.upper()]

    made = client.call("POST", f"{record}/{sub}", 201, {column: number})
    shown = [row for row in client.call("GET", record, 200)[sub.upper()] if row not in before]
    assert (made[column], shown) == (number, [made])
    by = next(name for name in made if name.endswith("LINK_ID"))
    client.call("DELETE", f"{record}/{sub}/{made[by]}", 202)

    assert client.call("GET", record, 200)[sub.upper()] == before


@pytest.mark.parametrize(("version", "resource"), list(product(V2, PARENTS)))
def test_custom_fields_of_v2_are_put_and_taken_away(client_of, version, resource):
    client = client_of(version)
    record, row = client.make(resource), {"CUSTOM_FIELD_ID": "MY_FIELD", "FIELD_VALUE": "x"}

    assert client.call("PUT", f"{record}/CustomFields", 200, row) == row
    assert client.call("GET", record, 200)["CUSTOMFIELDS"] == [row]
    client.call("DELETE", f"{record}/CustomFields/MY_FIELD", 202)

    assert client.call("GET", record, 200)["CUSTOMFIELDS"] == []


TAGGED = (*PARENTS, "Emails")


@pytest.mark.parametrize(("version", "resource"), list(product((*V2, *V3), TAGGED)))
def test_a_tag_is_put_on_found_and_taken_off(client_of, version, resource):
    client = client_of(version)
    record, other = client.make(resource), client.make(resource)
    tag = {"TAG_NAME": "näher & weiter"}

    assert client.call("POST", f"{record}/Tags", 201, tag) == tag
    client.call("POST", f"{record}/Tags", 400, tag)
    found = (
        f"{resource}/Search?tag={quote(tag['TAG_NAME'])}"
        if version in V2
        else f"{resource}/SearchByTag?tagName={quote(tag['TAG_NAME'])}"
    )
    (one,) = client.call("GET", found, 200)
    assert f"{resource}/{next(iter(one.values()))}" == record != other
    assert client.call("GET", f"Tags?record_type={resource.lower()}", 200) == [tag]
    if version in V2:
        client.call("DELETE", f"{record}/Tags/{quote(tag['TAG_NAME'])}", 202)
    else:
        assert client.call("PUT", f"{record}/Tags", 200, [tag, {"TAG_NAME": "b"}])[1] == {"TAG_NAME": "b"}
        client.call("DELETE", f"{record}/Tags", 202, {"TAG_NAME": "b"})
        client.call("DELETE", f"{record}/Tags", 202, tag)

    assert client.call("GET", record, 200)["TAGS"] == []


LINKED_ON_V3 = (
    "Contacts",
    "Organisations",
    "Opportunities",
    "Projects",
    "Tasks",
    "Events",
    "Notes",
    "Emails",
)


@pytest.mark.parametrize(("version", "resource"), list(product(V3, LINKED_ON_V3)))
def test_links_of_v3_are_made_shown_and_taken_away(client_of, version, resource):
    client = client_of(version)
    record, lead = client.make(resource), client.number("Leads")
    before = client.call("GET", f"{record}/Links", 200)
    link = {"LINK_OBJECT_NAME": "Lead", "LINK_OBJECT_ID": lead}

    made = client.call("POST", f"{record}/Links", 201, link)
    assert link.items() <= made.items()
    client.call("POST", f"{record}/Links", 400, link)
    assert client.call("GET", f"{record}/Links", 200) == [*before, made]
    client.call("DELETE", f"{record}/Links/{made['LINK_ID']}", 202)

    assert client.call("GET", record, 200)["LINKS"] == before


ROWS_OF_V3 = {
    "Contacts/Dates": {"OCCASION_NAME": "Birthday", "OCCASION_DATE": "2026-05-05 00:00:00"},
    "Organisations/Dates": {"OCCASION_NAME": "Founded", "OCCASION_DATE": "1999-05-05 00:00:00"},
    "Organisations/EmailDomains": {"EMAIL_DOMAIN": "acme.example"},
}


@pytest.mark.parametrize(("version", "place"), list(product(V3, ROWS_OF_V3)))
def test_rows_of_v3_are_put_and_shown(client_of, version, place):
    client, (resource, sub) = client_of(version), place.split("/")
    record, row = client.make(resource), ROWS_OF_V3[place]

    (made,) = client.call("PUT", f"{record}/{sub}", 200, [row])

    assert row.items() <= made.items()
    assert client.call("GET", f"{record}/{sub}", 200) == [made]
    assert client.call("GET", record, 200)[sub.upper()] == [made]
