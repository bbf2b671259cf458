"""Entries of a transformation's configuration that say what cannot be."""

import pytest

from elements_local.platform.core.objects import MappedField, MappingEntry, Transformation
from elements_local.platform.errors import InvalidRequestError
from elements_local.platform.transformations.transformation import check_entries


def both(entry):
    """Return transformations with an entry of their own, and of a field."""
    field = MappedField(path="a", vendor_path="A", configuration=(entry,))
    yield Transformation(vendor_name="x", configuration=(entry,))
    yield Transformation(vendor_name="x", fields=(field,))


@pytest.mark.parametrize(
    ("kind", "properties", "words"),
    [
        (
            "passThrough",
            {"fromVendor": "false"},
            "fromVendor of passThrough must be true or false; got 'false'",
        ),
        ("remove", {"toVendor": None}, "toVendor of remove must be true or false; got None"),
        (
            "transformDate",
            None,
            "pattern of transformDate must be a Java date pattern such as yyyy-MM-dd; got None",
        ),
        ("transformDate", {"pattern": ""}, "must be a Java date pattern"),
        ("transformDate", {"pattern": 5}, "must be a Java date pattern"),
        ("transformDate", {"pattern": "yyyy-bb"}, "date pattern 'yyyy-bb'"),
    ],
)
def test_what_cannot_be_is_refused(kind, properties, words):
    for transformation in both(MappingEntry(type=kind, properties=properties)):
        with pytest.raises(InvalidRequestError, match=words):
            check_entries(transformation)


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        ("passThrough", {"fromVendor": False, "toVendor": True}),
        ("remove", None),
        ("inherit", None),
        ("transformDate", {"pattern": "dd.MM.yyyy"}),
        ("of another kind", {"fromVendor": 5}),
    ],
)
def test_what_can_be_is_taken(kind, properties):
    for transformation in both(MappingEntry(type=kind, properties=properties)):
        check_entries(transformation)
