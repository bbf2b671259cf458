"""The profiles that are written down by hand: a company's daily life, and what breaks clients.

They are the same for every seed, but for ids; each can be filled in as often as one likes.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from msgspec import Struct, field

from elements_local.kit.api.json_text import Json
from mock_insightly.account.account import CrmAccount
from mock_insightly.fields.definitions import custom_fields_of
from mock_insightly.fields.fields import Record, whole_second
from mock_insightly.fields.row_types import custom_field
from mock_insightly.kinds import sales, work
from mock_insightly.kinds.account import TEAMS
from mock_insightly.kinds.kind import RecordKind
from mock_insightly.records.bulk import HistoryTransaction
from mock_insightly.records.record import child_fields, created, link_to, number_rows, updated_at


class SampleRecord(Struct, frozen=True):
    """One record of a set.

    Attributes:
        name: what later ones refer to it by.
        on: the one it hangs on.
        links: those it is linked to.
        ids: fields that hold ids of others.
        age: how long before now it was created.
        edited: how long after that it was updated.
    """

    kind: RecordKind
    fields: Record
    name: str = ""
    on: str = ""
    links: tuple[str, ...] = ()
    ids: Mapping[str, str] = field(default_factory=dict)
    age: timedelta = timedelta(days=30)
    edited: timedelta = timedelta()


def add_samples(
    history: HistoryTransaction, account: CrmAccount, now: datetime, samples: tuple[SampleRecord, ...]
) -> dict[str, int]:
    """Add a set as if it had always been there, and return how many of each kind that were."""
    known: dict[str, tuple[RecordKind, int]] = {}
    counts: dict[str, int] = {}
    for sample in samples:
        record_id = history.next_id(sample.kind)
        stamped = whole_second(now) - sample.age
        given = _given(sample, known)
        if sample.kind is TEAMS:
            given["TEAMMEMBERS"] = [
                {"PERMISSION_ID": None, "TEAM_ID": None, "MEMBER_USER_ID": account.user_id}
            ]
        record = created(sample.kind, given, record_id=record_id, account=account, now=stamped)
        record = number_rows(sample.kind, updated_at(stamped + sample.edited, record), {}, history.reserve)
        history.add(sample.kind, [record])
        known[sample.name] = sample.kind, record_id
        counts[sample.kind.name] = counts.get(sample.kind.name, 0) + 1
    return counts


def _given(sample: SampleRecord, known: Mapping[str, tuple[RecordKind, int]]) -> Record:
    given = dict(sample.fields)
    given |= {name: known[other][1] for name, other in sample.ids.items()}
    if sample.links:
        links: list[Json] = [link_to(known[other][0].entity, known[other][1]) for other in sample.links]
        given["LINKS"] = links
    if not sample.on:
        return given
    kind, record_id = known[sample.on]
    return child_fields(sample.kind, given, kind.entity, record_id)


_TAGS: list[Json] = [{"TAG_NAME": "Customer"}, {"TAG_NAME": "VIP"}]

SMALL: tuple[SampleRecord, ...] = (
    SampleRecord(
        sales.ORGANISATIONS,
        {
            "ORGANISATION_NAME": "Acme Ltd",
            "PHONE": "+44 20 7946 0001",
            "WEBSITE": "https://www.acme.example",
            "ADDRESS_BILLING_CITY": "London",
            "ADDRESS_BILLING_COUNTRY": "United Kingdom",
            "EMAILDOMAINS": [{"EMAIL_DOMAIN_ID": None, "EMAIL_DOMAIN": "acme.example"}],
            "TAGS": _TAGS,
        },
        name="acme",
    ),
    SampleRecord(sales.ORGANISATIONS, {"ORGANISATION_NAME": "Globex GmbH"}, name="globex"),
    SampleRecord(
        sales.CONTACTS,
        {
            "FIRST_NAME": "Ada",
            "LAST_NAME": "Lovelace",
            "EMAIL_ADDRESS": "ada@acme.example",
            "TITLE": "Engineer",
        },
        name="ada",
        ids={"ORGANISATION_ID": "acme"},
        edited=timedelta(seconds=1),
    ),
    SampleRecord(
        sales.CONTACTS,
        {"FIRST_NAME": "Grace", "LAST_NAME": "Hopper", "TAGS": _TAGS},
        name="grace",
        ids={"ORGANISATION_ID": "globex"},
        links=("ada",),
        edited=timedelta(days=3),
    ),
    SampleRecord(
        sales.LEADS,
        {"FIRST_NAME": "Alan", "LAST_NAME": "Turing", "EMAIL": "alan@example.org", "LEAD_RATING": 4},
        name="alan",
    ),
    SampleRecord(
        sales.OPPORTUNITIES,
        {
            "OPPORTUNITY_NAME": "Analytical engine",
            "BID_AMOUNT": 12_000,
            "BID_TYPE": "Fixed Bid",
            "PROBABILITY": 60,
        },
        name="engine",
        ids={"ORGANISATION_ID": "acme"},
        links=("ada",),
    ),
    SampleRecord(
        sales.PROJECTS,
        {"PROJECT_NAME": "Bridge", "STATUS": "IN PROGRESS"},
        name="bridge",
        ids={"OPPORTUNITY_ID": "engine"},
        links=("acme",),
    ),
    SampleRecord(sales.MILESTONES, {"TITLE": "Foundation"}, on="bridge"),
    SampleRecord(work.TASKS, {"TITLE": "Call Ada", "STATUS": "NOT STARTED"}, name="call", on="ada"),
    SampleRecord(work.TASKS, {"TITLE": "Dig", "STATUS": "IN PROGRESS"}, on="bridge"),
    SampleRecord(
        work.EVENTS,
        {
            "TITLE": "Trade fair",
            "START_DATE_UTC": "2026-05-04 08:00:00",
            "END_DATE_UTC": "2026-05-04 16:00:00",
        },
        on="acme",
    ),
    SampleRecord(
        work.NOTES, {"TITLE": "Met at the fair", "BODY": "<p>Likes looms.</p>"}, name="met", on="ada"
    ),
    SampleRecord(work.COMMENTS, {"BODY": "<p>So do I.</p>"}, on="met"),
    SampleRecord(
        work.EMAILS,
        {
            "SUBJECT": "Your offer",
            "EMAIL_FROM": "ada@acme.example",
            "EMAIL_TO": "owner@default.example",
            "BODY": "<p>Thank you.</p>",
        },
        on="ada",
    ),
    SampleRecord(TEAMS, {"TEAM_NAME": "Sales"}),
)

_LONG = "x" * 255
_EMOJI = "👩‍🚀 Zoë 🇦🇷 é"
_RIGHT_TO_LEFT = "\u202eمرحبا שלום"  # noqa: RUF001 - that is the point of it
_SCRIPT = "<script>alert('x')</script>"
_QUOTES = 'O\'Brien "Bob" \\ `tick` %s {0} $1'
_BREAKS = "one\r\ntwo\n\ttabbed\u2028line\u0000null"

_NAMES = (_EMOJI, _RIGHT_TO_LEFT, _LONG, _SCRIPT, _QUOTES, _BREAKS, "null", "  spaced  ", "0", "Ⅷ\u200b")


def _edges() -> tuple[SampleRecord, ...]:
    """Return records at the edges of what fields hold, several updated in one second."""
    contacts = tuple(
        SampleRecord(
            sales.CONTACTS,
            {"FIRST_NAME": text, "LAST_NAME": text, "TAGS": [{"TAG_NAME": text}]},
            name=f"contact {at}",
            edited=timedelta(seconds=at % 4),
        )
        for at, text in enumerate(_NAMES)
    )
    return (
        *contacts,
        SampleRecord(sales.CONTACTS, {"FIRST_NAME": "Only"}),
        SampleRecord(
            sales.CONTACTS, {"FIRST_NAME": "Full", "BACKGROUND": "x" * 4000, **_custom_values("CONTACT")}
        ),
        SampleRecord(
            sales.CONTACTS, {"FIRST_NAME": "Late", "DATE_OF_BIRTH": "9999-12-31 23:59:59", "DATES": _dates()}
        ),
        *(SampleRecord(sales.ORGANISATIONS, {"ORGANISATION_NAME": text}) for text in _NAMES),
        *(SampleRecord(sales.LEADS, {"LAST_NAME": text, "EMAIL": f"{text}@x.example"}) for text in _NAMES),
        *(
            SampleRecord(sales.OPPORTUNITIES, {"OPPORTUNITY_NAME": "Amount", "BID_AMOUNT": amount})
            for amount in (0, -1, 0.1 + 0.2, 2**53 + 1, 10**15)
        ),
        SampleRecord(
            sales.OPPORTUNITIES,
            {"OPPORTUNITY_NAME": _LONG, "FORECAST_CLOSE_DATE": "2038-01-19 03:14:07"},
            links=tuple(sample.name for sample in contacts),
        ),
        SampleRecord(
            work.EVENTS,
            {
                "TITLE": _EMOJI,
                "START_DATE_UTC": "2038-01-19 03:14:08",
                "END_DATE_UTC": "1970-01-01 00:00:00",
            },
            on="contact 0",
        ),
        SampleRecord(work.NOTES, {"TITLE": _SCRIPT, "BODY": f"<p>{_QUOTES}</p>{_BREAKS}"}, on="contact 1"),
        SampleRecord(work.TASKS, {"TITLE": "x" * 500, "DUE_DATE": "2038-01-20 00:00:00"}, on="contact 2"),
        SampleRecord(sales.CONTACTS, {"FIRST_NAME": "Newest"}, age=timedelta()),
    )


def _custom_values(entity: str) -> Record:
    """Return a value of each type for the custom fields of a kind of record."""
    values: dict[str, Json] = {
        "TEXT": _QUOTES,
        "MULTISELECT": "Music;Sports;Travel",
        "BIT": True,
        "DATE": "2038-01-19 00:00:00",
        "NUMERIC": 2**53 + 1,
    }
    rows: list[Json] = [
        custom_field(one.name, values[one.type]) for one in custom_fields_of(entity) if one.type in values
    ]
    return {"CUSTOMFIELDS": rows}


def _dates() -> list[Json]:
    return [
        {
            "DATE_ID": None,
            "OCCASION_NAME": name,
            "OCCASION_DATE": date,
            "REPEAT_YEARLY": True,
            "CREATE_TASK_YEARLY": False,
        }
        for name, date in (("Leap day", "2024-02-29 00:00:00"), ("Last day", "9999-12-31 00:00:00"))
    ]


EDGE = _edges()
