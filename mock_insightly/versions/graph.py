"""What the record graphs of v2 show otherwise than v3 does: networks and custom fields.

Source: Insightly v2.2 OpenAPI document (documented).
"""

from mock_insightly.account.definitions import custom_fields_of
from mock_insightly.kinds import RecordKind
from mock_insightly.records.fields import (
    Field,
    Loose,
    Record,
    Rows,
    Sent,
    Text,
    rows_of,
    sent_rows,
)
from mock_insightly.records.row_types import CustomFields, custom_field
from mock_insightly.versions.shape import Key
from mock_kit.api.json_text import Json

_SHORT = Text(longest=255)
_CUSTOM_FIELDS = Rows(
    fields=(Field(name="CUSTOM_FIELD_ID", type=_SHORT), Field(name="FIELD_VALUE", type=Loose())),
    required=("CUSTOM_FIELD_ID",),
)


def social(column: str) -> Key:
    """Return the key of a social network, which late v2.2 shows flat; where it says nothing, contact infos may.

    Source: SOCIAL_* are late additions to the v2.2 OpenAPI document, and an empty text clears one (documented).
    """

    def take(sent: Sent, _before: Record) -> Record:
        value = sent[column]
        if value is None and "CONTACTINFOS" in sent:
            return {}
        return {column: None if value in (None, "") else Text().read(value, column)}

    return Key(name=column, holds=Text(), show=lambda record: record[column], take=take)


def custom_fields(kind: RecordKind) -> Key:
    """Return the key CUSTOMFIELDS, whose rows have an id such as CONTACT_FIELD_1 and a value only.

    Source: Insightly v2.2 OpenAPI document (documented); that v3.1's names pass as ids too, as those of fields that the
        account has not defined, is assumed.
    """
    ids: dict[Json, str] = {field.name.casefold(): field.id for field in custom_fields_of(kind.entity)}
    names: dict[Json, str] = {field.id: field.name for field in custom_fields_of(kind.entity)}

    def show(record: Record) -> Json:
        return [
            {
                "CUSTOM_FIELD_ID": ids.get(str(row["FIELD_NAME"]).casefold(), row["CUSTOM_FIELD_ID"]),
                "FIELD_VALUE": row["FIELD_VALUE"],
            }
            for row in rows_of(record, "CUSTOMFIELDS")
        ]

    def take(sent: Sent, _before: Record) -> Record:
        rows = (row for row, _ in sent_rows(sent["CUSTOMFIELDS"], "CUSTOMFIELDS"))
        named: list[Json] = [
            custom_field(names.get(str(called).upper(), called), row.get("FIELD_VALUE"))
            for row in rows
            for called in (row.get("CUSTOM_FIELD_ID") or row.get("FIELD_NAME"),)
        ]
        read = CustomFields(of=kind.entity, named_by="CUSTOM_FIELD_ID").read
        return {"CUSTOMFIELDS": read(named, "CUSTOMFIELDS")}

    return Key(name="CUSTOMFIELDS", holds=_CUSTOM_FIELDS, show=show, take=take, collection=True)
