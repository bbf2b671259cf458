"""Version 2.3: late v2.2, with the columns of v3.1 in the place of contact infos and addresses.

A record's organisation stands in a column, too, so LINKS has only what v3.1 has there. DEFAULT_LINKED_ORGANISATION is
the same column under the name that v2.2 has for it.

Source: which keys there are, that none may be missing, that an owner is written and an opportunity's state may be left
    out (a client of v2.3, observed); the order of the keys, that LINKS is without the organisation, that an owner is written
    in other records too, and which of two names of one column counts, is assumed.
"""

from elements_local.kit.values import replace
from mock_insightly.errors import FieldError
from mock_insightly.kinds import CONTACTS, OPPORTUNITIES, ORGANISATIONS
from mock_insightly.records.fields import Field, Record, Sent, Whole
from mock_insightly.versions import v2_2
from mock_insightly.versions.graph_links import CONTACT_PEERS, ORGANISATION_PEERS, LinkGraph
from mock_insightly.versions.shape import Key, Shape, flat, shapes_of
from mock_insightly.versions.v2_keys import flats

_COLUMN, _ALSO = "ORGANISATION_ID", "DEFAULT_LINKED_ORGANISATION"
_OWNER = "OWNER_USER_ID"
_ID = Field(name=_COLUMN, type=Whole(lowest=1))
_ROWS = frozenset({"ADDRESSES", "CONTACTINFOS"})


def _agree(sent: Sent, before: Record) -> Sent:
    """Give both names of a contact's organisation the value that a body means: of two, the one that is a change.

    Raises:
        FieldError: one is no id; both are changes, and differ.
    """
    named = {_ID.take(sent[name], name) for name in (_COLUMN, _ALSO) if name in sent}
    # A client that writes a whole record back sends both names, and has changed only one of them.
    meant = named - {before.get(_COLUMN)} if len(named) > 1 else named
    if len(meant) > 1:
        raise FieldError(_ALSO, f"what {_COLUMN} is, which names the same organisation", sent[_ALSO])
    return {**sent, **dict.fromkeys((_COLUMN, _ALSO), *meant)} if meant else sent


def _written_by_owner(shape: Shape) -> Shape:
    """Return a shape whose owner a client may write."""
    owner = shape.kind.field(_OWNER)
    return replace(
        shape,
        keys=tuple(flat(owner) if owner and key.name == _OWNER else key for key in shape.keys),
    )


def _flat(shape: Shape, columns: str, *links: Key) -> Shape:
    """Return a shape with columns before its custom fields, without rows that say the same, and with these links."""
    instead = {key.name: key for key in links}
    keys: list[Key] = []
    for key in shape.keys:
        # Columns stand where v3.1 has them, before the custom fields.
        if key.name == "CUSTOMFIELDS":
            keys += flats(shape.kind, columns)
        if key.name not in _ROWS:
            keys.append(instead.get(key.name, key))
    return replace(shape, keys=tuple(keys))


def _address(prefix: str, parts: str = "STREET CITY STATE POSTCODE COUNTRY") -> str:
    return " ".join(f"{prefix}_{part}" for part in parts.split())


_V2_2 = v2_2.VERSION.shapes
_CONTACT = replace(
    _flat(
        _V2_2["contacts"],
        "DATE_OF_BIRTH PHONE PHONE_HOME PHONE_MOBILE PHONE_OTHER PHONE_ASSISTANT PHONE_FAX EMAIL_ADDRESS ASSISTANT_NAME "
        f"{_address('ADDRESS_MAIL')} {_address('ADDRESS_OTHER')} {_COLUMN} TITLE",
        *LinkGraph(kind=CONTACTS, peers=CONTACT_PEERS, employs=False).keys(),
    ),
    agree=_agree,
)
_ORGANISATION = _flat(
    _V2_2["organisations"],
    f"PHONE PHONE_FAX WEBSITE {_address('ADDRESS_BILLING', 'STREET CITY STATE COUNTRY POSTCODE')} "
    f"{_address('ADDRESS_SHIP')} EMAILDOMAINS",
    *LinkGraph(kind=ORGANISATIONS, peers=ORGANISATION_PEERS, employs=False).keys(),
)
_OPPORTUNITY = replace(
    _flat(_V2_2["opportunities"], _COLUMN, *LinkGraph(kind=OPPORTUNITIES, employs=False).keys()),
    required=("OPPORTUNITY_NAME",),
)

VERSION = replace(
    v2_2.VERSION,
    name="v2.3",
    shapes=shapes_of(
        *map(
            _written_by_owner,
            {**_V2_2, **shapes_of(_CONTACT, _ORGANISATION, _OPPORTUNITY)}.values(),
        )
    ),
    sub_resources={
        place: sub for place, sub in v2_2.VERSION.sub_resources.items() if sub.name.upper() not in _ROWS
    },
)
