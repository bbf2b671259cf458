"""What users will regret of an instance's transformations: what has no effect, and what polls no longer find."""

from copy import deepcopy

from each_row import each_row

from elements_local.kit.api.json_text import encode_text
from elements_local.platform.configuration import instance_configuration as configuration
from elements_local.platform.configuration.poller_configuration import entries_of
from elements_local.platform.core.objects import (
    MappedField,
    MappingEntry,
    ObjectDefinition,
    Objects,
    Transformation,
    TransformationScript,
)
from elements_local.platform.core.settings import EmptyBlock
from elements_local.platform.elements.insightly.definition import INSIGHTLY, POLLER_DEFAULTS
from elements_local.platform.lint.fields import of_mapped_objects
from elements_local.platform.lint.polled_block import polled_blocks
from elements_local.platform.lint.unread_keys import in_definition, in_definitions, in_transformation

HIDDEN = MappingEntry(type="remove", properties={"fromVendor": True})
NO_REST = MappingEntry(type="passThrough", properties={"fromVendor": False})


def found(transformation, *, name="contacts", polled=None, defined=True, events="true"):
    """Return the warnings of an instance that maps one object and polls one resource."""
    block = deepcopy(POLLER_DEFAULTS["contacts"]) | (polled or {})
    sent = {
        "event.poller.configuration": encode_text({"contacts": block}),
        "event.notification.enabled": events,
    }
    objects = Objects(
        definitions={name: ObjectDefinition()} if defined else {}, transformations={name: transformation}
    )
    values = configuration.complete(sent, INSIGHTLY)
    blocks = [
        *polled_blocks(values, INSIGHTLY, entries_of(values), empty_block=EmptyBlock.DEFAULT, objects=objects)
    ]
    return list(of_mapped_objects(values, objects, blocks))


def slips(transformation, **how):
    return [(each.rule.value, each.path, each.nearest) for each in found(transformation, **how)]


def mapped(*fields, **changes):
    """Return a transformation of fields, each given as path, provider's path, and entries."""
    made = tuple(
        MappedField(path=own, vendor_path=vendors, configuration=tuple(entries))
        for own, vendors, *entries in fields
    )
    return Transformation(vendor_name="contacts", fields=made, **changes)


def test_a_script_is_not_run():
    (only,) = found(mapped(script=TransformationScript(body="done()")))

    assert (only.rule.value, only.path) == ("script-not-run", "transformations.contacts.script")
    assert (
        only.message == "the script of 'contacts' is kept and not run: records are mapped by the fields alone"
    )
    assert slips(mapped(script=TransformationScript(body="")), defined=False)


def test_entries_with_an_effect_are_not_warned_of():
    entries = (
        MappingEntry(type="passThrough", properties={"fromVendor": True, "toVendor": True}),
        MappingEntry(type="inherit"),
        MappingEntry(type="addToDocumentation"),
    )
    mask = MappingEntry(type="transformDate", properties={"pattern": "yyyy"})

    assert found(mapped(("a", "A", mask, entries[0], HIDDEN), configuration=entries)) == []


@each_row(
    ("entry", "rule", "of_object", "of_field"),
    [
        (MappingEntry(type="applyJSOnQueryFieldValue"), "key-without-effect", True, True),
        (MappingEntry(type="defaultValue", properties={"value": 5}), "unknown-key", True, True),
        (MappingEntry(type="remove"), "unknown-key", True, False),
        (MappingEntry(type="transformDate", properties={"pattern": "yyyy"}), "unknown-key", True, False),
        (MappingEntry(type="inherit"), "unknown-key", False, True),
    ],
)
def test_an_entry_without_effect_is_named(entry, rule, of_object, of_field):
    own, fields = found(mapped(configuration=(entry,))), found(mapped(("a.b", "A", entry)))

    assert [(each.rule.value, each.path) for each in own] == (
        [(rule, f"transformations.contacts.configuration.{entry.type}")] if of_object else []
    )
    assert [(each.rule.value, each.path) for each in fields] == (
        [(rule, f"transformations.contacts.a.b.configuration.{entry.type}")] if of_field else []
    )
    assert all(each.message.startswith(f"'{entry.type}' has no effect: ") for each in own + fields)


def test_a_property_without_effect_is_named():
    entry = MappingEntry(type="passThrough", properties={"fromVendor": True, "fromVendors": True})

    assert slips(mapped(configuration=(entry,))) == [
        ("unknown-key", "transformations.contacts.configuration.passThrough.fromVendors", None)
    ]


@each_row("vendor_path", ["B[id=4].name", "B[*].size()"])
def test_a_path_that_can_only_be_read_is_named(vendor_path):
    (only,) = found(mapped(("a", vendor_path)))

    assert (only.rule.value, only.path) == ("read-only-path", "transformations.contacts.a.vendorPath")
    assert only.message == f"'{vendor_path}' can only be read: what is sent as 'a' is left out"


POLL = "configuration.event.poller.configuration.contacts."
ID, UPDATED = "CONTACT_ID", "DATE_UPDATED_UTC"
CASES = {
    "a renamed id": (mapped(("key", ID)), [("idField", "key")]),
    "a renamed date": (
        mapped(("on.updated", UPDATED)),
        [("datesConfiguration.updatedDateField", "on.updated")],
    ),
    "an id that is left out": (mapped((ID, ID, HIDDEN)), [("idField", None)]),
    "an id shown twice": (mapped(("key", ID), (ID, ID)), []),
    "no fields but the mapped ones": (
        mapped((ID, ID), ("changed", UPDATED), configuration=(NO_REST,)),
        [("datesConfiguration.updatedDateField", "changed"), ("datesConfiguration.createdDateField", None)],
    ),
}


@each_row(("transformation", "hidden"), CASES)
def test_a_poll_that_names_what_a_transformation_hides_is_warned_of(transformation, hidden):
    assert slips(transformation) == [("hidden-field", POLL + key, near) for key, near in hidden]


@each_row(
    ("path", "is_hidden"),
    [
        ("meta.id", False),
        ("$.meta.id", False),
        ("meta", False),
        ("meta.id.x", False),
        ("A.B", True),
        ("id", False),
        ("other", False),
    ],
)
def test_a_path_is_there_as_a_whole_or_in_part(path, is_hidden):
    hidden = slips(mapped(("meta.id", "A")), polled={"idField": path})

    assert hidden == ([("hidden-field", POLL + "idField", None)] if is_hidden else [])


@each_row(
    "how",
    [
        {"name": "people"},
        {"defined": False},
        {"events": "false"},
        {"polled": {"url": "/hubs/crm/contacts/5/notes"}},
        {"polled": {"url": "/notes?where=a='contacts'"}},
        {"polled": {"url": "/"}},
    ],
)
def test_what_is_not_mapped_is_polled_as_it_is(how):
    assert slips(mapped(("key", ID)), **how) == []


def of_body(sent, read=in_transformation):
    return [
        (each.rule.value, each.path, each.nearest)
        for each in (slip.warning() for slip in read(sent, "contacts"))
    ]


def test_keys_that_nothing_reads_are_named():
    sent = {
        "vendorname": "contacts",
        "elementInstanceId": 5,
        "configuration": [{"type": "inherit", "propertys": {}}, None],
        "script": {"body": "", "mimetype": "x"},
        "fields": [
            {"path": "a", "vendorPath": "A", "vendorTyp": "x", "configuration": [{"type": "remove", "x": 1}]}
        ],
    }

    assert of_body(sent) == [
        ("key-case", "vendorname", "vendorName"),
        ("unknown-key", "elementInstanceId", None),
        ("key-case", "script.mimetype", "mimeType"),
        ("key-misspelt", "configuration.0.propertys", "properties"),
        ("key-misspelt", "fields.0.vendorTyp", "vendorType"),
        ("unknown-key", "fields.0.configuration.0.x", None),
    ]
    assert of_body({"fields": [{"path": "a", "typ": "x"}], "vendorName": "x"}, in_definition) == [
        ("unknown-key", "vendorName", None),
        ("key-misspelt", "fields.0.typ", "type"),
    ]


def test_of_definitions_by_name_each_is_looked_at():
    sent = {
        "people": {"fields": [{"path": "a", "x": 1}], "objectName": "folk"},
        "firms": {"fields": []},
        "none": 5,
    }

    assert [each.warning().path for each in in_definitions(sent)] == [
        "people.objectName",
        "people.fields.0.x",
    ]


def test_what_was_answered_can_be_sent_back_without_a_word():
    answered = {
        "objectName": "contacts",
        "level": "instance",
        "startDate": "x",
        "fields": [{"path": "a", "level": "instance"}],
    }

    assert of_body(answered) == of_body(answered, in_definition) == []


def test_another_level_or_name_has_no_effect():
    sent = {"objectName": "others", "level": "account", "fields": [{"path": "a", "level": "organization"}]}

    assert of_body(sent) == [
        ("key-without-effect", "level", None),
        ("key-without-effect", "objectName", None),
        ("key-without-effect", "fields.0.level", None),
    ]
