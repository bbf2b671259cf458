"""A record of a fake, and what of the records and of their changes is asked for."""

from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta, Struct, field

from elements_local.kit.api.json_text import encode_text
from elements_local.kit.api.pages import ListQuery, LogQuery, UnwantedTexts


class KeptRecord(Struct, frozen=True, kw_only=True):
    """A record.

    Attributes:
        number: of the workspace's, which counts all kinds.
    """

    kind: str
    id: str
    number: int
    created: datetime
    updated: datetime
    fields: dict[str, Any]


class ChangeLogQuery(LogQuery, rename="camel"):
    """Which changes are asked for.

    Attributes:
        since: an ISO 8601 instant; changes made then or later.
        kind, record_id: of what; empty for any.
    """

    since: str | None = None
    kind: str = ""
    record_id: str = ""


class KeptRecordsQuery(ListQuery, rename="camel"):
    """Which records are asked for.

    Attributes:
        kind: of the records.
        record_id: those of these ids; any if there is none.
        q: a text that they contain, wherever; case does not count.
        not_: texts that they do not contain.
    """

    kind: str
    record_id: Annotated[list[str], Meta(max_length=200)] = field(default=[])
    q: Annotated[str, Meta(max_length=1000)] = ""
    not_: UnwantedTexts = field(default=[], name="not")

    def wants(self, record: KeptRecord) -> bool:
        """Say whether a record has what is looked for, and nothing that it must not have."""
        if self.record_id and record.id not in self.record_id:
            return False
        text = encode_text({"id": record.id, **record.fields}).lower()
        return self.q.lower() in text and not any(each.lower() in text for each in self.not_)
