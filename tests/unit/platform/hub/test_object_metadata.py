"""The metadata of mapped objects: which fields there are, under which names, and what can be done with them."""

import pytest

from elements_local.platform.core.objects import MappedField, MappingEntry, Transformation
from elements_local.platform.hub.object_metadata import mapped_metadata

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


@pytest.mark.parametrize(("fields", "entries", "described"), CASES.values(), ids=CASES)
def test_a_mapped_objects_fields(fields, entries, described):
    mapped = Transformation(vendor_name="x", fields=tuple(fields), configuration=entries)

    assert list(mapped_metadata(PROVIDED, mapped)) == described
