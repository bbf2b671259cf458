"""Made-up records that look like a company's: reproducible, and linked to one another by their positions.

The rule: positions fall into chunks of 500; a chunk follows from the seed and its number alone, and refers to
positions of its own only, none of them later than the referring one. So a record is the same whether it is asked for
with many others or by itself.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from elements_local.kit import seeded
from elements_local.kit.api.json_text import Json
from elements_local.kit.caching import bounded_cache
from mock_insightly.fields import words
from mock_insightly.fields.fields import Record
from mock_insightly.fields.row_types import ADDRESS_PARTS
from mock_insightly.kinds.sales import CONTACTS, LEADS, OPPORTUNITIES, ORGANISATIONS, PER_UNIT, PROJECTS
from mock_insightly.kinds.work import EMAILS, EVENTS, TASKS

if TYPE_CHECKING:
    from mock_insightly.sample_data.vocabulary import Vocabulary

CHUNK = 500
COLLEAGUES = 3
SPREAD = timedelta(days=730)

_DEAL = (words.QUALITIES, words.SUBJECTS, words.DEALS)
_LINK_ROLES = ("Decision Maker", "Influencer", "Technical Contact", "Sponsor")
_TAG_NAMES = ("Customer", "Newsletter", "Partner", "Prospect", "Trade Fair", "VIP")
_STATES = ("OPEN", "OPEN", "OPEN", "WON", "WON", "LOST", "SUSPENDED", "ABANDONED")
_SALUTATIONS = (None, None, "Mr.", "Ms.", "Mrs.", "Dr.")
_SEPARATORS = re.compile(r"[^a-z0-9]+")


class Draft(Struct, frozen=True, kw_only=True):
    """A record without ids and dates.

    Attributes:
        age: how long before now it was created.
        edited: how long after its creation it was updated.
        owner: which user owns it; 0 is the account's owner.
        organisation, contact, opportunity: positions of the records it belongs to.
        role: of the contact.
    """

    fields: Record
    age: timedelta
    edited: timedelta
    owner: int
    organisation: int | None = None
    contact: int | None = None
    opportunity: int | None = None
    role: str | None = None


Chunk: TypeAlias = dict[str, list[Draft]]
"""The drafts of 500 positions, by the name of their kind."""


class _Pools(Struct, frozen=True, kw_only=True):
    """What the records of a chunk draw from; asking Faker for every single field would take minutes a million."""

    first_names: list[str]
    last_names: list[str]
    suffixes: list[str]
    places: list[tuple[str, str, str, str]]
    jobs: list[str]
    industries: list[str]
    phrases: list[str]
    sentences: list[str]


def colleagues(seed: int) -> list[tuple[str, str]]:
    """Return first and last names of the account's other users."""
    vocabulary = _vocabulary(seed, "colleagues")
    draw = vocabulary.random_element
    return [(draw(words.FIRST_NAMES), draw(words.LAST_NAMES)) for _ in range(COLLEAGUES)]


@bounded_cache(2)  # workspaces of one test run have their seed in common
def chunk(seed: int, number: int) -> Chunk:
    """Return the drafts of a chunk's people and deals."""
    pools = _pools(_vocabulary(seed, "chunk", number))
    rng = Random(_number(seed, "dice", number))  # noqa: S311 - made-up data, no secret
    first = number * CHUNK
    organisations = [_organisation(pools, rng) for _ in range(CHUNK)]
    contacts = [_contact(at, first, organisations, pools, rng) for at in range(CHUNK)]
    leads = [_lead(pools, rng) for _ in range(CHUNK)]
    opportunities = [_opportunity(at, first, contacts, pools, rng) for at in range(CHUNK)]
    return {
        CONTACTS.name: contacts,
        ORGANISATIONS.name: organisations,
        LEADS.name: leads,
        OPPORTUNITIES.name: opportunities,
    }


@bounded_cache(2)
def chunk_of_work(seed: int, number: int) -> Chunk:
    """Return the drafts of what is done about a chunk's deals, each with their buyer."""
    found = chunk(seed, number)
    pools = _pools(_vocabulary(seed, "work", number))
    rng = Random(_number(seed, "work dice", number))  # noqa: S311 - made-up data, no secret

    def about(at: int, make: Callable[[Record, _Pools, Random], Record]) -> Draft:
        deal = rng.randrange(at + 1)
        buyer = found[OPPORTUNITIES.name][deal].contact or 0
        fields = make(found[CONTACTS.name][buyer % CHUNK].fields, pools, rng)
        return _draft(rng, fields, contact=buyer, opportunity=number * CHUNK + deal)

    return {
        kind.name: [about(at, make) for at in range(CHUNK)]
        for kind, make in ((PROJECTS, _project), (TASKS, _task), (EVENTS, _event), (EMAILS, _email))
    }


def _pools(vocabulary: "Vocabulary") -> _Pools:
    draw = vocabulary.random_element

    def several(choices: tuple[str, ...], count: int) -> list[str]:
        return [draw(choices) for _ in range(count)]

    return _Pools(
        first_names=several(words.FIRST_NAMES, 80),
        last_names=several(words.LAST_NAMES, 120),
        suffixes=several(words.COMPANY_FORMS, 6),
        places=[vocabulary.place() for _ in range(60)],
        jobs=several(words.JOBS, 40),
        industries=several(words.INDUSTRIES, 12),
        phrases=[" ".join(map(draw, _DEAL)) for _ in range(60)],
        sentences=several(words.REMARKS, 30),
    )


def _organisation(pools: _Pools, rng: Random) -> Draft:
    name = _company(pools, rng)
    host = f"{_slug(name)}.example"
    return _draft(
        rng,
        {
            "ORGANISATION_NAME": name,
            "BACKGROUND": _sometimes(rng, pools.sentences),
            "PHONE": _phone(rng),
            "WEBSITE": f"https://www.{host}",
            **_address("ADDRESS_BILLING", rng.choice(pools.places)),
            **_address("ADDRESS_SHIP", rng.choice(pools.places)),
            "TAGS": _tags(rng),
            "EMAILDOMAINS": [{"EMAIL_DOMAIN_ID": None, "EMAIL_DOMAIN": host}],
        },
    )


def _contact(at: int, first: int, organisations: list[Draft], pools: _Pools, rng: Random) -> Draft:
    employer = rng.randrange(at + 1)
    company = organisations[employer].fields
    given, family = rng.choice(pools.first_names), rng.choice(pools.last_names)
    host = str(company["WEBSITE"]).removeprefix("https://www.")
    mailing = {
        name.replace("BILLING", "MAIL"): value
        for name, value in company.items()
        if name.startswith("ADDRESS_BILLING")
    }
    return _draft(
        rng,
        {
            "SALUTATION": rng.choice(_SALUTATIONS),
            "FIRST_NAME": given,
            "LAST_NAME": family,
            "BACKGROUND": _sometimes(rng, pools.sentences),
            "PHONE": company["PHONE"],
            "PHONE_MOBILE": _phone(rng) if rng.random() < 0.5 else None,
            "EMAIL_ADDRESS": f"{_slug(given)}.{_slug(family)}@{host}",
            "TITLE": rng.choice(pools.jobs),
            **mailing,
            "TAGS": _tags(rng),
        },
        organisation=first + employer,
    )


def _lead(pools: _Pools, rng: Random) -> Draft:
    company = _company(pools, rng)
    given, family = rng.choice(pools.first_names), rng.choice(pools.last_names)
    host = f"{_slug(company)}.example"
    return _draft(
        rng,
        {
            "SALUTATION": rng.choice(_SALUTATIONS),
            "FIRST_NAME": given,
            "LAST_NAME": family,
            "TITLE": rng.choice(pools.jobs),
            "EMAIL": f"{_slug(given)}.{_slug(family)}@{host}",
            "PHONE": _phone(rng),
            "WEBSITE": f"https://www.{host}",
            "INDUSTRY": rng.choice(pools.industries),
            "EMPLOYEE_COUNT": rng.choice((5, 20, 80, 250, 1200)),
            "LEAD_RATING": rng.randint(1, 5),
            "LEAD_DESCRIPTION": _sometimes(rng, pools.sentences),
            "ORGANISATION_NAME": company,
            **_address("ADDRESS", rng.choice(pools.places)),
            "TAGS": _tags(rng),
        },
    )


def _opportunity(at: int, first: int, contacts: list[Draft], pools: _Pools, rng: Random) -> Draft:
    buyer = rng.randrange(at + 1)
    per_unit = rng.random() < 0.3
    state = rng.choice(_STATES)
    return _draft(
        rng,
        {
            "OPPORTUNITY_NAME": rng.choice(pools.phrases),
            "OPPORTUNITY_DETAILS": _sometimes(rng, pools.sentences),
            "OPPORTUNITY_STATE": state,
            "BID_AMOUNT": rng.randrange(5, 400) * 250,
            "BID_TYPE": rng.choice(PER_UNIT) if per_unit else "Fixed Bid",
            "BID_DURATION": rng.randint(1, 12) if per_unit else None,
            "PROBABILITY": {"OPEN": rng.randrange(10, 100, 10), "WON": 100}.get(state, 0),
            "TAGS": _tags(rng),
        },
        organisation=contacts[buyer].organisation,
        contact=first + buyer,
        role=rng.choice(_LINK_ROLES),
    )


def _project(_buyer: Record, pools: _Pools, rng: Random) -> Record:
    return {
        "PROJECT_NAME": rng.choice(pools.phrases),
        "PROJECT_DETAILS": _sometimes(rng, pools.sentences),
        "STATUS": rng.choice(("NOT STARTED", "IN PROGRESS", "IN PROGRESS", "DEFERRED", "COMPLETED")),
        "TAGS": _tags(rng),
    }


def _task(_buyer: Record, pools: _Pools, rng: Random) -> Record:
    status = rng.choice(("NOT STARTED", "IN PROGRESS", "WAITING", "COMPLETED", "COMPLETED"))
    is_done = status == "COMPLETED"
    return {
        "TITLE": f"{rng.choice(words.TASKS)}: {rng.choice(pools.phrases)}",
        "DETAILS": _sometimes(rng, pools.sentences),
        "STATUS": status,
        "COMPLETED": is_done,
        "PERCENT_COMPLETE": 100 if is_done else 0,
    }


def _event(_buyer: Record, pools: _Pools, rng: Random) -> Record:
    return {
        "TITLE": f"Meeting: {rng.choice(pools.phrases)}",
        "LOCATION": rng.choice(pools.places)[1],
        "DETAILS": _sometimes(rng, pools.sentences),
    }


def _email(buyer: Record, pools: _Pools, rng: Random) -> Record:
    body = f"<p>{rng.choice(pools.sentences)}</p>"
    return {
        "SUBJECT": rng.choice(pools.phrases),
        "EMAIL_FROM": buyer["EMAIL_ADDRESS"],
        "BODY": body,
        "SIZE": len(body),
        "TAGS": _tags(rng),
    }


def _draft(  # noqa: PLR0913 - what it belongs to
    rng: Random,
    fields: Record,
    *,
    organisation: int | None = None,
    contact: int | None = None,
    opportunity: int | None = None,
    role: str | None = None,
) -> Draft:
    """Give a draft its times.

    Source: of 116 recorded v2.1 contacts 67 had equal dates, 41 one to three seconds between them (observed).
    """
    age = rng.randrange(int(SPREAD.total_seconds()))
    luck = rng.random()
    edited = 0 if luck < 0.5 else rng.randint(1, 3) if luck < 0.7 else rng.randrange(age + 1)
    return Draft(
        fields=fields,
        age=timedelta(seconds=age),
        edited=timedelta(seconds=min(edited, age)),
        owner=rng.randrange(COLLEAGUES + 1),
        organisation=organisation,
        contact=contact,
        opportunity=opportunity,
        role=role,
    )


def _address(columns: str, place: tuple[str, str, str, str]) -> Record:
    values = (*place, "United States")
    return {f"{columns}_{part}": value for part, value in zip(ADDRESS_PARTS, values, strict=True)}


def _company(pools: _Pools, rng: Random) -> str:
    """Return a company's name, in one of three forms."""
    first, second = rng.choice(pools.last_names), rng.choice(pools.last_names)
    form = rng.randrange(3)
    return (f"{first} {rng.choice(pools.suffixes)}", f"{first}-{second}", f"{first} and {second}")[form]


def _phone(rng: Random) -> str:
    return f"+1-{rng.randint(201, 989)}-555-{rng.randrange(10_000):04}"


def _tags(rng: Random) -> list[Json]:
    count = rng.choice((0, 0, 0, 1, 1, 2))
    return [{"TAG_NAME": name} for name in sorted(rng.sample(_TAG_NAMES, count))]


def _sometimes(rng: Random, texts: list[str]) -> str | None:
    return rng.choice(texts) if rng.random() < 0.4 else None


def _slug(text: str) -> str:
    return _SEPARATORS.sub("-", text.lower()).strip("-")


def _vocabulary(seed: int, *labels: object) -> "Vocabulary":
    from mock_insightly.sample_data.vocabulary import Vocabulary  # noqa: PLC0415 - Faker, which only seeding needs

    vocabulary = Vocabulary()
    vocabulary.seed(_number(seed, *labels))
    return vocabulary


def _number(seed: int, *labels: object) -> int:
    return seeded.number(seed, "crm", "made up", *labels, low=0, high=2**63)
