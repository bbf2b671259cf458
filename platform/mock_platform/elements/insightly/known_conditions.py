"""Which fields conditions may name where the platform filters by itself. Pure.

Insightly refuses what it does not know, and finds nothing by a field that no record has; a condition that is held
against records here must not fall silent either (ours).
"""

import re
from difflib import get_close_matches

from mock_platform.ceql import Clause, fields_of
from mock_platform.ceql.record_path import root_of
from mock_platform.elements.insightly.fields import known_fields
from mock_platform.elements.insightly.resources import InsightlyCollection
from mock_platform.errors import InvalidRequestError, shown

_CUSTOM = re.compile(r"\w+__c|[A-Z]+_FIELD_\d+", re.ASCII | re.IGNORECASE)
"""How custom fields are called on 3.1 and on 2.2 (documented); which ones there are, the customer decides."""


def refuse_unknown_fields(place: InsightlyCollection, clause: Clause | None, *, base_url: str) -> None:
    """Refuse a clause about fields that no record of a collection has, where its fields are known.

    Raises:
        InvalidRequestError: names the field, and the nearest that there is.
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
            raise InvalidRequestError(f"{place.resource} have no field {shown(name)}; {hint}")
