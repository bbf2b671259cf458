"""Which objects Insightly has, and how to ask for what a customer has added. Pure.

Source: the names with ``Elements-Version: Helium`` (documented); that the hub's own count as ``ceCanonical`` is assumed.
"""

from collections.abc import Iterable, Mapping

from mock_platform.elements.connector import ObjectName
from mock_platform.elements.insightly.resources import HUB_NAMES, OWN_NAMES, InsightlyCollection
from mock_platform.elements.insightly.version import is_version_3
from mock_platform.provider.request import ProviderRequest


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
