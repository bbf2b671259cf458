"""The hub: which paths are its own, which keys and nulls of a record are shown, and the metadata of mapped objects."""

import pytest
from each_row import each_row
from hypothesis import given
from hypothesis import strategies as st

from elements_local.platform.core.objects import MappedField, MappingEntry, Transformation
from elements_local.platform.hub.routes_objects import mapped_metadata
from elements_local.platform.hub.routing import HubPaths
from elements_local.platform.hub.service import parse_fields, project, without_nulls

PATHS = HubPaths.beside(
    [
        "/instances", "/instances/<instance_id>/docs", "/elements/<key_or_id>",
        "/hubs/<hub>/<object_name>", "/bulk/query", "/bulk/<bulk_id>/status", "/accounts",
        "/accounts/<account_id>", "/accounts/settings", "/accounts/<account_id>/settings",
        "/accounts/<account_id>/roles/<role>", "/users", "/users/<int:user_id>",
        "/users/<user_id>/roles/<role>",
    ]
)  # fmt: skip


@each_row(
    ("place", "paths"),
    {
        "hub": (
            "/contacts", "/contacts/5", "/contacts/5/notes", "/contacts/5/notes/6", "/objects", "/ping",
            "/Fruit__c/7", "/me/",
        ),
        "platform": (
            "/instances", "/instances/5", "/instances/5/anything", "/elements/insightly", "/hubs/crm/contacts",
            "", "/", "/accounts/settings", "/accounts/settings/", "/accounts/5/settings",
            "/accounts/5/roles/admin", "/users/5/roles/x",
        ),
        "hub, if an element's token comes": (
            "/accounts", "/accounts/", "/accounts/5", "/accounts/5/addresses", "/accounts/5/addresses/6",
            "/users", "/users/5",
        ),
    }.items(),
)  # fmt: skip
def test_a_path_is_the_platforms_or_the_hubs(place, paths):
    for with_element in (True, False):
        is_hubs = place == "hub" or (place.startswith("hub") and with_element)
        routed = [PATHS.routed(path, with_element=with_element) for path in paths]

        assert routed == [f"/hubs/any{path}" if is_hubs else path for path in paths]


@given(st.text(), st.booleans())
def test_any_path_is_routed_once_and_for_all(text, with_element):
    routed = PATHS.routed(f"/{text}", with_element=with_element)

    assert PATHS.routed(routed, with_element=with_element) == routed
    assert routed.endswith(f"/{text}") or "bulk" in text


EMPTY = {"a": 0, "b": "", "c": False, "d": [], "e": {}}


@pytest.mark.assumed
@each_row(
    ("value", "shown"),
    {
        "an empty record": ({}, {}),
        "one null": ({"a": 1, "b": None}, {"a": 1}),
        "nothing but null": ({"a": None}, {}),
        "what is empty but not null": (EMPTY, EMPTY),
        "in an object": ({"a": {"b": None, "c": 1}}, {"a": {"c": 1}}),
        "an object that is left empty": ({"a": {"b": None}}, {"a": {}}),
        "in an array's objects": ({"a": [{"b": None}, {"c": 1}]}, {"a": [{}, {"c": 1}]}),
        "an array keeps its nulls": ({"a": [None, 1]}, {"a": [None, 1]}),
        "arrays in arrays": ({"a": [[{"b": None}]]}, {"a": [[{}]]}),
    },
)
def test_keys_that_hold_null_are_removed_at_any_depth(value, shown):
    assert without_nulls(value) == shown


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=3)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=2), inner, max_size=3)
    ),
    max_leaves=10,
)


def objects_in(value):
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [value] * isinstance(value, dict) + [found for one in inner for found in objects_in(one)]


@given(st.dictionaries(st.text(max_size=2), json_values, max_size=3))
def test_no_object_holds_null_afterwards_and_the_record_itself_stays_as_it_is(value):
    before = repr(value)
    shown = without_nulls(value)

    assert all(None not in found.values() for found in objects_in(shown))
    assert without_nulls(shown) == shown
    assert repr(value) == before


NO_WAY = {"fromVendor": False, "toVendor": False}


def provided(name, kind="string", **flags):
    known = {"vendorReadOnly": False, "filterable": "true", "createable": "true", "updateable": "true"}
    return {"vendorPath": name, "type": kind, "vendorNativeType": kind, **known, **flags}


PROVIDED = [
    provided("ID", "number", createable="false"),
    provided("NAME"),
    provided("TAGS", "array", updateable="false"),
]


def entry(kind, **properties):
    return (MappingEntry(type=kind, properties=properties),)


def field(path, vendor_path, configuration=(), **types):
    return MappedField(path=path, vendor_path=vendor_path, configuration=configuration, **types)


READ_ONLY = {"createable": "false", "updateable": "false"}
CASES = {
    "a mapped one and the rest": (
        [field("name.full", "NAME", type="date")],
        (),
        [PROVIDED[0], provided("NAME", "date", vendorNativeType="string", path="name.full"), PROVIDED[2]],
    ),
    "one under two names": (
        [field("a", "NAME"), field("b", "NAME")],
        entry("passThrough", **NO_WAY),
        [provided("NAME", path="a"), provided("NAME", path="b")],
    ),
    "one that passes in neither direction": (
        [
            field("a", "NAME", entry("remove", fromVendor=True, toVendor=True)),
            field("b", "X", entry("passThrough", **NO_WAY)),
        ],
        (),
        [PROVIDED[0], PROVIDED[2]],
    ),
    "one that can only be read": (
        [field("a", "NAME", entry("passThrough", toVendor=False))],
        (),
        [PROVIDED[0], provided("NAME", path="a", **READ_ONLY), PROVIDED[2]],
    ),
    "a rest that can only be read": (
        [field("a", "NAME")],
        entry("passThrough", toVendor=False),
        [PROVIDED[0] | READ_ONLY, provided("NAME", path="a"), PROVIDED[2] | READ_ONLY],
    ),
    "one within another, and one that the provider does not list": (
        [field("labels[*]", "TAGS[*].NAME"), field("x", "X", vendor_type="number")],
        entry("passThrough", **NO_WAY),
        [
            provided("TAGS[*].NAME", path="labels[*]", filterable="false", updateable="false"),
            provided("X", "number", path="x", filterable="false"),
        ],
    ),
}


@each_row(("fields", "entries", "described"), CASES)
def test_a_mapped_objects_fields(fields, entries, described):
    mapped = Transformation(vendor_name="x", fields=tuple(fields), configuration=entries)

    assert list(mapped_metadata(PROVIDED, mapped)) == described


RECORD = {"A": 1, "B": None, "user": {"id": 5, "name": {"first": "Ada"}}, "x.y": 2}


@each_row(
    ("text", "kept"),
    [
        ("A", {"A": 1}),
        ("a", {"A": 1}),
        ("B,A", {"B": None, "A": 1}),
        ("C", {}),
        ("user", {"user": RECORD["user"]}),
        ("user.id", {"user": {"id": 5}}),
        ("user.name.first,user.id", {"user": {"name": {"first": "Ada"}, "id": 5}}),
        ("x.y", {"x.y": 2}),
        ("A.b", {}),
    ],
)
def test_a_record_keeps_what_is_asked_for(text, kept):
    assert project(RECORD, parse_fields(text)) == kept


@given(st.dictionaries(st.text("abAB", max_size=2), st.integers()), st.lists(st.text("abAB.", max_size=3)))
def test_nothing_is_made_up(record, fields):
    assert project(record, fields).items() <= record.items()
