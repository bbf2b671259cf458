"""Filling a workspace: what every account has from the start, and made-up records that were always there.

Source: names and types of lead statuses, "Web" as a source, the order of the categories' ids (recorded v2.1 lists,
    observed); a converted status that lists hide (Insightly v2.2 OpenAPI document, documented); the rest is made up.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cached_property

from msgspec import Struct

from elements_local.kit import seeded
from mock_insightly.account.account import DEFAULT_LEAD_SOURCE, CrmAccount, first_number
from mock_insightly.fields import words
from mock_insightly.fields.fields import Record, format_date, rows_of, whole_second
from mock_insightly.kinds import sales, work
from mock_insightly.kinds.account import (
    FILE_CATEGORIES,
    LEAD_SOURCES,
    LEAD_STATUSES,
    OPPORTUNITY_CATEGORIES,
    PROJECT_CATEGORIES,
    TASK_CATEGORIES,
    USERS,
)
from mock_insightly.kinds.kind import RecordKind
from mock_insightly.kinds.sales import CONTACTS, LEADS, OPPORTUNITIES, ORGANISATIONS
from mock_insightly.records.bulk import HistoryTransaction, SeedRange
from mock_insightly.records.record import created, link_to, number_rows, updated_at
from mock_insightly.sample_data.drafts import CHUNK, SPREAD, Draft, chunk, chunk_of_work, colleagues

_SOURCES = ("Web", "Phone Enquiry", "Partner Referral", "Purchased List", "Other")
_STATUSES = (
    ("NotContacted", 0, False),
    ("AttemptedContact", 0, False),
    ("Contacted", 0, False),
    ("Disqualified", 1, False),
    ("Converted", 1, True),
)
_CATEGORIES: tuple[tuple[RecordKind, tuple[str, ...]], ...] = (
    (TASK_CATEGORIES, words.TASKS),
    (FILE_CATEGORIES, ("Contract", "Proposal", "Report")),
    (PROJECT_CATEGORIES, ("Consulting", "Implementation", "Support")),
    (OPPORTUNITY_CATEGORIES, ("New Business", "Renewal", "Upsell")),
)
_COLOURS = ("4E9258", "3090C7", "C35817", "6C2DC7", "7F5217")


def foundation(account: CrmAccount, *, since: datetime) -> Iterator[tuple[RecordKind, list[Record]]]:
    """Yield the records of each kind, with the first ids of their sequences."""
    yield USERS, [owner_of(account, since=since)]
    skipped = 0
    for kind, rows in _lists():
        first = first_number(account.seed, kind.numbers or kind.name) + (skipped if kind.numbers else 0)
        yield (
            kind,
            [
                created(kind, fields, record_id=first + at, account=account, now=since)
                for at, fields in enumerate(rows)
            ],
        )
        skipped += len(rows) if kind.numbers else 0


def _lists() -> Iterator[tuple[RecordKind, list[Record]]]:
    yield (
        LEAD_SOURCES,
        [
            {"FIELD_ORDER": place, "LEAD_SOURCE": name, "DEFAULT_VALUE": place == DEFAULT_LEAD_SOURCE}
            for place, name in enumerate(_SOURCES, start=1)
        ],
    )
    yield (
        LEAD_STATUSES,
        [
            {
                "LEAD_STATUS": name,
                "DEFAULT_STATUS": place == 1,
                "STATUS_TYPE": type_,
                "FIELD_ORDER": place,
                "FOR_CONVERTED": converted,
            }
            for place, (name, type_, converted) in enumerate(_STATUSES, start=1)
        ],
    )
    for kind, names in _CATEGORIES:
        colours = zip(names, _COLOURS, strict=False)
        yield kind, [{"CATEGORY_NAME": name, "BACKGROUND_COLOR": colour} for name, colour in colours]


def owner_of(account: CrmAccount, *, since: datetime) -> Record:
    """Return the account's owner.

    Source: fields and the values of time zone, display, order and week's start as recorded on v2.1 (observed).
    """
    return {
        **colleague(account, 0, ("Local", "Owner"), since=since),
        "EMAIL_ADDRESS": account.email,
        "ADMINISTRATOR": True,
        "ACCOUNT_OWNER": True,
    }


def colleague(account: CrmAccount, number: int, name: tuple[str, str], *, since: datetime) -> Record:
    """Return another user of the account; number 0 would be the owner."""
    first_name, last_name = name
    token = seeded.hexadecimal(account.seed, "crm", "dropbox", number, length=8)
    identifier = f"{first_name}.{last_name}-{token}".lower()
    values: Record = {
        "USER_ID": account.user_id + number,
        "FIRST_NAME": first_name,
        "LAST_NAME": last_name,
        "TIMEZONE_ID": "Central Standard Time",
        "EMAIL_ADDRESS": f"{first_name}.{last_name}@{account.email.rpartition('@')[2]}".lower(),
        "EMAIL_DROPBOX_IDENTIFIER": identifier,
        "EMAIL_DROPBOX_ADDRESS": f"{identifier}@mailbox.insight.ly",
        "ADMINISTRATOR": False,
        "ACCOUNT_OWNER": False,
        "ACTIVE": True,
        "DATE_CREATED_UTC": format_date(since),
        "DATE_UPDATED_UTC": format_date(since),
        "USER_CURRENCY": account.currency,
        "CONTACT_DISPLAY": "FirstLast",
        "CONTACT_ORDER": "FirstLast",
        "TASK_WEEK_START": 2,
        "INSTANCE_ID": account.instance_id,
        "PROFILE_ID": seeded.number(account.seed, "crm", "profile", low=10_000, high=100_000),
        "ROLE_ID": seeded.number(account.seed, "crm", "role", low=10_000, high=100_000),
    }
    return {field.name: values.get(field.name) for field in USERS.fields}


LARGEST = 10_000
"""Records of each kind in one call: some seconds of work; repeat the call for more."""

_DATES = {
    OPPORTUNITIES.name: {"FORECAST_CLOSE_DATE": timedelta(days=90)},
    sales.PROJECTS.name: {"STARTED_DATE": timedelta(days=1)},
    work.TASKS.name: {"DUE_DATE": timedelta(days=14)},
    work.EVENTS.name: {
        "START_DATE_UTC": timedelta(days=7, hours=9),
        "END_DATE_UTC": timedelta(days=7, hours=10),
    },
}
"""How long after the midnight before a record was created its dates are."""

PEOPLE_AND_DEALS = (CONTACTS, ORGANISATIONS, LEADS, OPPORTUNITIES)
WORK = (sales.PROJECTS, work.TASKS, work.EVENTS, work.EMAILS)
SEEDED = (*PEOPLE_AND_DEALS, *WORK)


class Seeding(Struct, frozen=True, kw_only=True, dict=True):
    """One filling of a workspace.

    Attributes:
        now: no record is younger.
        first, count: which positions are filled, of every kind.
    """

    history: HistoryTransaction
    account: CrmAccount
    seed: int
    now: datetime
    first: int
    count: int

    def fill(self) -> None:
        """Add the records, and the account's colleagues if they are not there yet."""
        self._add_colleagues()
        for kind in SEEDED if self.count else ():
            first_id = self.history.reserve(kind.name, self.count)
            self.history.note_run(
                kind, self.seed, SeedRange(first=self.first, length=self.count, first_id=first_id)
            )
        for drafts_of, made in ((chunk, PEOPLE_AND_DEALS), (chunk_of_work, WORK)):
            for number in range(self.first // CHUNK, -(-(self.first + self.count) // CHUNK)):
                drafts = drafts_of(self.seed, number)
                for kind in made:
                    self._add(kind, drafts[kind.name], number * CHUNK)

    @cached_property
    def _runs(self) -> dict[str, list[SeedRange]]:
        return {kind.name: self.history.runs(kind, self.seed) for kind in SEEDED}

    def _add_colleagues(self) -> None:
        if self.history.live(USERS) > 1:
            return
        names, since = colleagues(self.seed), self.now - SPREAD
        self.history.reserve(USERS.name, len(names))
        self.history.add(
            USERS,
            (
                colleague(self.account, number, name, since=since)
                for number, name in enumerate(names, start=1)
            ),
        )

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
        for name, after in _DATES.get(kind.name, {}).items():
            record[name] = format_date(_midnight(stamped) + after)
        if kind is OPPORTUNITIES and record["OPPORTUNITY_STATE"] in {"WON", "LOST"}:
            record["ACTUAL_CLOSE_DATE"] = format_date(_midnight(stamped + draft.edited))
        if kind is work.TASKS and record["COMPLETED"]:
            record["COMPLETED_DATE_UTC"] = format_date(stamped + draft.edited)
        if kind is work.EMAILS:
            record |= {"EMAIL_TO": self.account.email, "EMAIL_DATE_UTC": record["DATE_CREATED_UTC"]}
        return updated_at(stamped + draft.edited, record)

    def _relations(self, draft: Draft) -> Record:
        given: Record = {}
        if draft.organisation is not None:
            given["ORGANISATION_ID"] = self._id(ORGANISATIONS, draft.organisation)
        if draft.opportunity is not None:
            given["OPPORTUNITY_ID"] = self._id(OPPORTUNITIES, draft.opportunity)
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
