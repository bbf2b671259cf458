"""What a route takes, a GET in the same version shows again; what is not kept is refused, or the answer says so.

Every version, kind and route that writes, a sample of them in a check; what shapes alone know of it is in the unit tests.
"""

import pytest
from crm_bodies import OTHERWISE, bodies, lost, rows_for
from examples import drawn, examples
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from elements_local.kit.api.json_text import decode
from mock_insightly.kinds.account import custom_object
from mock_insightly.versions.known import VERSIONS
from mock_insightly.versions.sub_resources import CUSTOM, Attachments, Children, EmbeddedCollection

LEAST = {
    "Contacts": {"FIRST_NAME": "Ada"},
    "Organisations": {"ORGANISATION_NAME": "Acme"},
    "Leads": {"LAST_NAME": "Lovelace"},
    "Opportunities": {"OPPORTUNITY_NAME": "Deal", "OPPORTUNITY_STATE": "OPEN"},
    "Projects": {"PROJECT_NAME": "Bridge", "STATUS": "NOT STARTED"},
    "Tasks": {"TITLE": "Call"},
    "Events": {"TITLE": "Fair", "START_DATE_UTC": "2026-03-03", "END_DATE_UTC": "2026-03-03"},
    "Teams": {"TEAM_NAME": "Sales"},
}
MAIL = {"resource": "Emails", "fields": {"SUBJECT": "Hello"}}
"""What a record that others hang on is made of, by v3.1."""


def shapes_of(version):
    """Return all shapes of a version, with those of a custom object."""
    own = [version.custom_shape(custom_object("Fruit__c"))] if version.custom_shape else []
    return [*version.shapes.values(), *own]


WHOLE = [
    pytest.param(version, shape, id=f"{version.name} {shape.kind.name}")
    for version in VERSIONS.values()
    for shape in shapes_of(version)
    if {"POST", "PUT"} <= shape.on_all
]
BELOW = [
    pytest.param(version, version.shapes[resource], sub, id=f"{version.name} {resource} {sub.name}")
    for version in VERSIONS.values()
    for (resource, _), sub in version.sub_resources.items()
    if resource != CUSTOM and isinstance(sub, Children) and not isinstance(sub, Attachments)
    if "POST" in sub.on_all
]
ROWS = [
    pytest.param(version, version.shapes[resource], sub, id=f"{version.name} {resource} {sub.name}")
    for version in VERSIONS.values()
    for (resource, _), sub in version.sub_resources.items()
    if isinstance(sub, EmbeddedCollection)
]


def tried(test, *strategies):
    """Run a test with a few examples."""
    settings(
        max_examples=examples(3),
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )(given(*strategies)(test))()


class Written:
    """A record that routes of a version write and show."""

    def __init__(self, crm, version, shape, where=None):
        self.crm, self.shape, self.version = crm.at(version.name), shape, version
        self.where = where or shape.kind.name
        self.taken = 0
        self.otherwise = OTHERWISE.get((version.name, shape.kind.name), set())

    def send(self, method, path, body):
        """Send a body, hold what is shown against it, and return the record's id; None if it was refused."""
        reply = self.crm.send(method, path, json=body)
        if reply.status in (400, 409):
            return None
        assert reply.status in (200, 201), (path, body, reply.status, reply.body)
        self.taken += 1
        answer = decode(reply.body)
        answer = answer[0] if isinstance(answer, list) else answer
        number = answer[self.shape.kind.id_field]
        sent = {name: value for name, value in body.items() if name not in self.otherwise}
        for shown in (answer, self.shown(number)):
            assert lost(sent, shown) == {}, (method, path)
        return number

    def shown(self, number):
        """Return the record as a GET shows it, by its id or, where there is none, in its list."""
        kind = self.shape.kind
        if "GET" in self.shape.on_one:
            return self.crm.shown(f"{kind.name}/{number}")
        place = self.where if "GET" not in self.shape.on_all else kind.name
        return next(one for one in self.crm.shown(f"{place}?top=500") if one[kind.id_field] == number)


@pytest.mark.parametrize(("version", "shape"), drawn(WHOLE, share=3))
def test_what_is_written_of_a_record_is_shown(crm, version, shape):
    written, name = Written(crm, version, shape), shape.kind.name

    def check(first, second, third):
        number = written.send("POST", name, first)
        if number is None:
            return
        written.send("PUT", name, {**second, shape.kind.id_field: number})
        written.send("PUT", f"{name}/{number}", third)
        if version.briefs:
            plain = {key: value for key, value in first.items() if not isinstance(value, list)}
            written.send("PUT", f"{name}/{number}?brief=true", plain)

    tried(check, *[bodies(shape)] * 3)
    assert written.taken


@pytest.mark.parametrize(("version", "parent", "sub"), drawn(BELOW, share=3))
def test_what_is_written_below_a_record_is_shown(crm, version, parent, sub):
    place = parent_of(crm, parent)
    path = f"{parent.kind.name}/{place}/{sub.name}"
    hangs = {"LINK_SUBJECT_TYPE": parent.kind.entity, "LINK_SUBJECT_ID": place, parent.kind.id_field: place}
    shape = version.shapes[sub.kind.name.lower()]
    written = Written(crm, version, shape, where=path)

    def check(first, second):
        number = written.send("POST", path, {name: hangs.get(name, value) for name, value in first.items()})
        if number is not None and "PUT" in sub.on_all:
            written.send("PUT", path, {**second, shape.kind.id_field: number})

    tried(check, *[bodies(shape)] * 2)
    assert written.taken


def test_a_child_that_says_it_hangs_elsewhere_is_refused(crm):
    place, other = (crm.create("Projects", **LEAST["Projects"])["PROJECT_ID"] for _ in range(2))
    child = {"TITLE": "x", "DUE_DATE": "2026-03-03", "COMPLETED": False, "PROJECT_ID": other}
    note = {"TITLE": "x", "LINK_SUBJECT_TYPE": "Contact", "LINK_SUBJECT_ID": place}

    said = crm.refused(400, "POST", f"Projects/{place}/Milestones", json=child)
    told = crm.at("v2.2").refused(400, "POST", f"Projects/{place}/Notes", json=note)

    assert (said, crm.shown("Milestones")) == (
        f"PROJECT_ID must be {place}, as the path says; got {other}",
        [],
    )
    assert told.startswith("LINK_SUBJECT_TYPE must be PROJECT, as the path says; got ")
    assert crm.shown("Notes") == []
    assert crm.create(f"Projects/{place}/Milestones", **{**child, "PROJECT_ID": place})


@pytest.mark.parametrize(("version", "parent", "sub"), drawn(ROWS, share=3))
def test_what_is_written_of_a_row_is_shown(crm, version, parent, sub):
    at, key = crm.at(version.name), parent.key(sub.key)
    rows = rows_for(key.holds, parent.kind.id_field) if key.name != "CUSTOMFIELDS" else custom_rows()
    record = f"{parent.kind.name}/{parent_of(crm, parent)}"
    path = f"{record}/{sub.name}"

    taken = []

    def send(method, body, expected):
        reply = at.send(method, path, json=body)
        if reply.status == 400:
            return None
        assert reply.status in (200, 201), (method, body, reply.body)
        taken.append(body)
        answer, shown = decode(reply.body), at.shown(record)[sub.key]
        assert lost({"": expected}, {"": answer if isinstance(answer, list) else [answer]}) == {}
        assert lost({"": expected}, {"": shown}) == {}
        return answer

    def check(first, second, many):
        made = send("POST" if "POST" in sub.on_all else "PUT", first, [first])
        if made and "PUT" in sub.on_all and sub.by not in second:
            send("PUT", {**second, sub.by: made[sub.by]}, [second])
        if "GET" in sub.on_all and "PUT" in sub.on_all:
            send("PUT", many, many)

    tried(check, rows, rows, st.lists(rows, max_size=3))
    assert taken


def custom_rows():
    """Return values of custom fields as v2 writes them."""
    return st.fixed_dictionaries(
        {
            "CUSTOM_FIELD_ID": st.sampled_from(["CONTACT_FIELD_1", "B__c"]),
            "FIELD_VALUE": st.sampled_from("ab"),
        }
    )


def parent_of(crm, shape):
    """Make a record that others hang on, and return its id."""
    kind = shape.kind
    if kind.name == "Emails":
        return decode(crm.send("POST", "/_local/records", json=MAIL).body)["EMAIL_ID"]
    if kind.name == "Notes":
        contact = crm.create("Contacts", **LEAST["Contacts"])["CONTACT_ID"]
        return crm.create(f"Contacts/{contact}/Notes", TITLE="met")["NOTE_ID"]
    return crm.create(kind.name, **LEAST[kind.name])[kind.id_field]
