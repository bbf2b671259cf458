"""The links of v2's tasks, events, notes and e-mails: rows with one key for each kind that they can point to.

Source: recorded v2.1 exchanges (observed). What such rows cannot show (links to leads and custom objects, roles) an
    update leaves as it is (assumed).
"""

from mock_insightly.errors import FieldError
from mock_insightly.kinds import RecordKind
from mock_insightly.records.fields import Field, Loose, Record, Rows, Sent, Whole, rows_of
from mock_insightly.records.row_types import BLANK_LINK
from mock_insightly.versions.shape import Key
from mock_kit.api.json_text import Json

_TARGETS = {
    "CONTACT_ID": "Contact",
    "ORGANISATION_ID": "Organisation",
    "OPPORTUNITY_ID": "Opportunity",
    "PROJECT_ID": "Project",
}
_ID = Whole(lowest=1)


def child_links(kind: RecordKind, name: str, id_field: str) -> Key:
    """Return the key of a child's links."""
    rows = Rows(
        id_field=id_field,
        owner_fields=(None, kind.id_field),
        fields=(
            Field(name=id_field, type=Whole()),
            Field(name=kind.id_field, type=Loose()),
            *(Field(name=column, type=_ID) for column in _TARGETS),
        ),
    )

    def show(record: Record) -> Json:
        return [
            {
                id_field: link["LINK_ID"],
                kind.id_field: record[kind.id_field],
                **{
                    column: link["LINK_OBJECT_ID"] if link["LINK_OBJECT_NAME"] == entity else None
                    for column, entity in _TARGETS.items()
                },
            }
            for link in rows_of(record, "LINKS")
            if link["LINK_OBJECT_NAME"] in _TARGETS.values()
        ]

    def take(sent: Sent, before: Record) -> Record:
        old = {link["LINK_ID"]: link for link in rows_of(before, "LINKS")}
        unseen = [link for link in old.values() if link["LINK_OBJECT_NAME"] not in _TARGETS.values()]
        seen = [
            {**BLANK_LINK, **old.get(link["LINK_ID"], {}), **link}
            for at, row in enumerate(rows.rows(sent.get(name), name))
            for link in _links(row, f"{name}[{at}]", id_field)
        ]
        return {"LINKS": [*unseen, *seen]}

    return Key(name=name, holds=rows, show=show, take=take, collection=True)


def _links(row: Record, called: str, id_field: str) -> list[Record]:
    """Return the links that a row speaks of; it may fill in several ids."""
    filled = [column for column in _TARGETS if row[column] is not None]
    if not filled:
        raise FieldError(called, f"an object with one of {', '.join(_TARGETS)}", row)
    return [
        {
            "LINK_ID": row[id_field],
            "LINK_OBJECT_NAME": _TARGETS[column],
            "LINK_OBJECT_ID": row[column],
        }
        for column in filled
    ]
