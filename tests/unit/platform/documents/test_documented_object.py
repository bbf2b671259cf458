"""What a document knows of objects that an instance maps."""

import pytest

from elements_local.platform.core.objects import (
    DefinedField,
    MappedField,
    MappingEntry,
    ObjectDefinition,
    Transformation,
)
from elements_local.platform.documents.objects import DocumentedObject, mapped, with_alias

VENDORS = DocumentedObject(
    name="contacts",
    fields=(
        DefinedField(path="CONTACT_ID", type="number"),
        DefinedField(path="FIRST_NAME", type="string"),
    ),
)


def own(*fields, defined=(), entries=()):
    transformation = Transformation(vendor_name="contacts", fields=fields, configuration=entries)
    return mapped("people", VENDORS, transformation, ObjectDefinition(fields=defined))


def test_mapped_fields_have_their_own_paths_and_the_others_theirs():
    made = own(MappedField(path="name.first", vendor_path="FIRST_NAME"))

    assert made.name == "people"
    assert [(field.path, field.type) for field in made.fields] == [
        ("name.first", "string"),
        ("CONTACT_ID", "number"),
    ]


@pytest.mark.parametrize(
    ("field", "defined", "type_"),
    [
        (MappedField(path="n", vendor_path="CONTACT_ID"), (), "number"),
        (MappedField(path="n", vendor_path="CONTACT_ID"), (DefinedField(path="n", type="string"),), "string"),
        (MappedField(path="n", vendor_path="CONTACT_ID", type="date"), (DefinedField(path="n"),), "date"),
        (MappedField(path="n", vendor_path="UNKNOWN"), (), "string"),
    ],
    ids=["the provider's", "the definition's", "its own", "unknown"],
)
def test_the_type_of_a_mapped_field(field, defined, type_):
    assert own(field, defined=defined).fields[0] == DefinedField(path="n", type=type_)


@pytest.mark.parametrize(
    ("kind", "flags", "paths"),
    [
        ("passThrough", {"fromVendor": False, "toVendor": False}, ["name"]),
        ("passThrough", {"fromVendor": False}, ["name", "CONTACT_ID"]),
        ("inherit", {}, ["name", "CONTACT_ID"]),
    ],
)
def test_fields_that_do_not_pass_are_not_described(kind, flags, paths):
    gone = MappedField(
        path="a",
        vendor_path="A",
        configuration=(MappingEntry(type="remove", properties={"fromVendor": True, "toVendor": True}),),
    )

    made = own(
        MappedField(path="name", vendor_path="FIRST_NAME"),
        gone,
        entries=(MappingEntry(type=kind, properties=flags),),
    )

    assert [field.path for field in made.fields] == paths


def test_an_alias_of_the_id_comes_last_and_takes_no_mapped_fields_place():
    plain, mapped_to_id = (
        with_alias(VENDORS),
        with_alias(own(MappedField(path="id", vendor_path="FIRST_NAME"))),
    )

    assert [field.path for field in plain.fields] == ["CONTACT_ID", "FIRST_NAME", "id"]
    assert [(field.path, field.type) for field in mapped_to_id.fields] == [
        ("id", "string"),
        ("CONTACT_ID", "number"),
    ]
