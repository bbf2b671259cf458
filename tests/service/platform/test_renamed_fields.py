"""Fields that only v3.1 has by their name: where v2.2, and so the hub and each callback, has their values, and that a warning says so."""

import json

import pytest
from each_row import each_row

from elements_local.kit.api.json_text import decode
from elements_local.platform.elements.insightly.fields import READ_ONLY, RENAMED, VERSION_2, VERSION_3

HUB = {
    "/Contacts": ("contacts", {"FIRST_NAME": "Ada"}),
    "/Organisations": ("accounts", {"ORGANISATION_NAME": "Analytical Engines"}),
    "/Leads": ("leads", {"LAST_NAME": "Babbage"}),
    "/Opportunities": ("opportunities", {"OPPORTUNITY_NAME": "Engine", "OPPORTUNITY_STATE": "OPEN"}),
    "/Tasks": ("tasks", {"TITLE": "Oil the engine", "STATUS": "NOT STARTED"}),
}
RENAMINGS = {
    f"{path} {name}": (path, name, field)
    for path, renamed in RENAMED.items()
    for name, field in renamed.items()
    if name not in READ_ONLY
}
NOT_IN_2 = {
    f"{path} {name}": (path, name)
    for path, names in VERSION_3.items()
    for name in names.split()
    if path in HUB and name not in {*VERSION_2[path].split(), *RENAMED[path], *READ_ONLY}
}


@pytest.fixture
def employer(clients):
    return clients.crm.create("Organisations", {"ORGANISATION_NAME": "Babbage & Co"})["ORGANISATION_ID"]


@pytest.fixture
def person(clients):
    return clients.crm.create("Contacts", {"FIRST_NAME": "Charles"})["CONTACT_ID"]


def values(name, employer, person):
    """Return what a test writes there, and how v2.2 has it in a row."""
    if name == "EMAILDOMAINS":
        return [{"EMAIL_DOMAIN": "engines.example"}], "engines.example"
    if name == "LINKS":
        return [{"LINK_OBJECT_NAME": "Contact", "LINK_OBJECT_ID": person}], person
    value = employer if name == "ORGANISATION_ID" else "ada@engines.example"
    return value, value


def row_of(field, value, employer):
    (row,) = json.loads(field.form)
    named = {"ORGANISATION_ID": employer} if "ROLE" in row else {}
    return {key: value if said == "..." else said for key, said in row.items()} | named


@each_row(("path", "name", "field"), RENAMINGS)
def test_a_field_of_v3_is_where_its_renaming_says(clients, hub, employer, person, path, name, field):
    resource, needed = HUB[path]
    sent, shown = values(name, employer, person)
    employed = {"ORGANISATION_ID": employer} if name == "TITLE" else {}

    made = clients.crm.create(path[1:], {**needed, **employed, name: sent})
    raw = hub.call("GET", f"/{resource}/{next(iter(made.values()))}")

    if not field.form:
        assert raw[field.name] == shown
    else:
        rows = [[*row_of(field, shown, employer).items()], [each.items() for each in raw[field.name]]]
        assert any(all(item in row for item in rows[0]) for row in rows[1])


@each_row(("path", "name", "field"), RENAMINGS)
def test_what_is_written_by_the_hub_as_a_warning_says_is_kept(
    clients, hub, employer, person, path, name, field
):
    resource, needed = HUB[path]
    _, shown = values(name, employer, person)

    row = {field.name: [row_of(field, shown, employer)] if field.form else shown}
    made = hub.call("POST", f"/{resource}", json={**needed, **row})
    kept = clients.crm.get(path[1:], made["id"])

    if isinstance(kept[name], list):
        assert str(shown) in str(kept[name])
    else:
        assert kept[name] == shown


@each_row(("path", "name"), NOT_IN_2)
def test_any_other_field_of_v3_is_nowhere_in_v2(clients, hub, path, name):
    resource, needed = HUB[path]
    value = {"DATE_OF_BIRTH": "1815-12-10 00:00:00", "EMAIL_OPTED_OUT": True, "EMAIL_ID": 7}.get(name, [])

    bare, full = (clients.crm.create(path[1:], {**needed, **more}) for more in ({}, {name: value}))
    shown = [hub.call("GET", f"/{resource}/{next(iter(made.values()))}") for made in (bare, full)]

    changing = {"id", next(iter(bare)), "DATE_CREATED_UTC", "DATE_UPDATED_UTC"}
    without, with_it = ({key: one[key] for key in one if key not in changing} for one in shown)
    assert without == with_it


@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT"])
def test_a_write_by_the_hub_of_a_field_of_v3_names_the_field_that_works(hub, method):
    made = hub.call("POST", "/contacts", json={"FIRST_NAME": "Ada"})
    path = "/contacts" if method == "POST" else f"/contacts/{made['id']}"

    reply = hub.send(method, path, json={"FIRST_NAME": "Ada", "Email_Address": "ada@x.example"})

    assert decode(reply.headers["Elements-Local-Warnings"]) == [
        {
            "rule": "key-misplaced",
            "path": "Email_Address",
            "message": "'Email_Address' has no effect: did you mean CONTACTINFOS, such as "
            '[{"TYPE":"EMAIL","LABEL":"WORK","DETAIL":"..."}]?',
            "nearest": "CONTACTINFOS",
        }
    ]


def test_on_v3_a_field_of_v2_is_named_by_its_name_there(clients, make_instance):
    hub = clients.platform.hub(make_instance({"base.url": "https://api.na1.insightly.com/v3.1"})["token"])

    reply = hub.send("POST", "/leads", json={"LAST_NAME": "Babbage", "MOBILE_PHONE_NUMBER": "1"})

    (warning,) = decode(reply.headers["Elements-Local-Warnings"])
    assert (warning["path"], warning["nearest"]) == ("MOBILE_PHONE_NUMBER", "MOBILE")
