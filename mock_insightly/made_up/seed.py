"""Filling a workspace with made-up records that were always there."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cached_property

from msgspec import Struct

from mock_insightly.account.account import CrmAccount
from mock_insightly.fields.dates import format_date, whole_second
from mock_insightly.fields.fields import Record, rows_of
from mock_insightly.kinds import CONTACTS, LEADS, OPPORTUNITIES, ORGANISATIONS, USERS, RecordKind
from mock_insightly.made_up.drafts import CHUNK, SPREAD, Draft, chunk, colleagues
from mock_insightly.made_up.foundation import as_contact, colleague
from mock_insightly.records.bulk import HistoryTransaction, SeedRange
from mock_insightly.records.record import created, link_to, number_rows, updated_at

LARGEST = 10_000
"""Records of each kind in one call: some seconds of work, which whoever wants more repeats."""

_SALE = timedelta(days=90)

SEEDED = (CONTACTS, ORGANISATIONS, LEADS, OPPORTUNITIES)


class Seeding(Struct, frozen=True, kw_only=True, dict=True):
    """One filling of a workspace.

    Attributes:
        now: no record is younger.
        first, count: which positions are filled, of every kind.
        user_contacts: whether colleagues are contacts too.
    """

    history: HistoryTransaction
    account: CrmAccount
    seed: int
    now: datetime
    first: int
    count: int
    user_contacts: bool = False

    def fill(self) -> None:
        """Add the records, and the account's colleagues if they are not there yet."""
        self._add_colleagues()
        for kind in SEEDED if self.count else ():
            first_id = self.history.reserve(kind.name, self.count)
            self.history.note_run(
                kind, self.seed, SeedRange(first=self.first, length=self.count, first_id=first_id)
            )
        for number in range(self.first // CHUNK, -(-(self.first + self.count) // CHUNK)):
            drafts = chunk(self.seed, number)
            for kind in SEEDED:
                self._add(kind, drafts[kind.name], number * CHUNK)

    @cached_property
    def _runs(self) -> dict[str, list[SeedRange]]:
        return {kind.name: self.history.runs(kind, self.seed) for kind in SEEDED}

    def _add_colleagues(self) -> None:
        if self.history.live(USERS) > 1:
            return
        names, since = colleagues(self.seed), self.now - SPREAD
        self.history.reserve(USERS.name, len(names))
        contact_id = self.history.reserve(CONTACTS.name, len(names)) if self.user_contacts else None
        added = [
            colleague(
                self.account, number, name, since=since, contact_id=contact_id and contact_id + number - 1
            )
            for number, name in enumerate(names, start=1)
        ]
        self.history.add(USERS, added)
        if self.user_contacts:
            self.history.add(CONTACTS, (as_contact(self.account, one, since=since) for one in added))

    def _add(self, kind: RecordKind, drafts: list[Draft], start: int) -> None:
        """Add those of a chunk's drafts that were asked for."""
        asked = range(self.first, self.first + self.count)
        placed = [
            self._place(kind, draft, position)
            for position, draft in enumerate(drafts, start=start)
            if position in asked
        ]
        self.history.add(kind, self._numbered(kind, placed))

    def _place(self, kind: RecordKind, draft: Draft, position: int) -> Record:
        """Give a draft its id, its dates and those it belongs to."""
        record_id = self._id(kind, position)
        assert record_id is not None  # noqa: S101 - its run has been noted
        stamped = whole_second(self.now) - draft.age
        record = created(
            kind,
            {**draft.fields, "OWNER_USER_ID": self.account.user_id + draft.owner, **self._relations(draft)},
            record_id=record_id,
            account=self.account,
            now=stamped,
        )
        if kind is OPPORTUNITIES:
            record["FORECAST_CLOSE_DATE"] = format_date(_midnight(stamped + _SALE))
            if record["OPPORTUNITY_STATE"] in {"WON", "LOST"}:
                record["ACTUAL_CLOSE_DATE"] = format_date(_midnight(stamped + draft.edited))
        return updated_at(stamped + draft.edited, record)

    def _relations(self, draft: Draft) -> Record:
        given: Record = {}
        if draft.organisation is not None:
            given["ORGANISATION_ID"] = self._id(ORGANISATIONS, draft.organisation)
        contact = None if draft.contact is None else self._id(CONTACTS, draft.contact)
        if contact is not None:
            given["LINKS"] = [link_to(CONTACTS.entity, contact) | {"ROLE": draft.role}]
        return given

    def _id(self, kind: RecordKind, position: int) -> int | None:
        """Return the id that a position got, now or earlier; None if it was never filled."""
        return next(
            (found for run in self._runs[kind.name] if (found := run.id_of(position)) is not None), None
        )

    def _numbered(self, kind: RecordKind, placed: list[Record]) -> Iterator[Record]:
        """Number the rows of records' collections, taking the numbers of all at once."""
        following: dict[str, int] = {}
        for name, _, id_field in kind.numbered:
            count = sum(len(rows_of(record, name)) for record in placed)
            if count:
                following[id_field] = self.history.reserve(id_field, count)

        def take(sequence: str, count: int) -> int:
            following[sequence] += count
            return following[sequence] - count

        for record in placed:
            yield number_rows(kind, record, {}, take)


def _midnight(instant: datetime) -> datetime:
    return instant.replace(hour=0, minute=0, second=0)
