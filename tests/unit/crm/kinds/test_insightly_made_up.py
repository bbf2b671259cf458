"""Made-up records."""

from datetime import timedelta

import pytest

from mock_insightly.kinds import CONTACTS, LEADS, OPPORTUNITIES, ORGANISATIONS
from mock_insightly.made_up import drafts as made_up
from mock_insightly.made_up.drafts import CHUNK, COLLEAGUES, SPREAD
from mock_insightly.versions.known import VERSIONS

KINDS = [ORGANISATIONS, CONTACTS, LEADS, OPPORTUNITIES]


@pytest.fixture(scope="module")
def chunk():
    return made_up.chunk(7, 3)


def test_a_chunk_follows_from_the_seed_and_its_number(chunk):
    made_up.chunk.cache_clear()

    assert made_up.chunk(7, 3) == chunk
    assert made_up.chunk(7, 4) != chunk
    assert made_up.chunk(8, 3) != chunk


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_dates_lie_within_two_years(chunk, kind):
    drafts = chunk[kind.name]

    assert len(drafts) == CHUNK
    assert all(timedelta(0) <= draft.edited <= draft.age < SPREAD for draft in drafts)
    assert any(draft.edited == timedelta(0) for draft in drafts)
    assert any(timedelta(0) < draft.edited <= timedelta(seconds=3) for draft in drafts)


def test_records_refer_to_earlier_positions_of_their_chunk(chunk):
    first = 3 * CHUNK

    for at, contact in enumerate(chunk["Contacts"]):
        assert first <= contact.organisation <= first + at
    for at, opportunity in enumerate(chunk["Opportunities"]):
        assert first <= opportunity.contact <= first + at
        assert opportunity.organisation == chunk["Contacts"][opportunity.contact - first].organisation


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_drafts_are_what_a_client_could_send(chunk, kind):
    shape = VERSIONS["v3.1"].shapes[kind.name.lower()]

    for draft in chunk[kind.name]:
        given = shape.given(shape.sent(draft.fields), {}, whole=False)
        assert {name: given[name] for name in draft.fields} == draft.fields


def test_a_contacts_address_belongs_to_its_organisation(chunk):
    contact = chunk["Contacts"][100]
    company = chunk["Organisations"][contact.organisation - 3 * CHUNK].fields

    domain = company["EMAILDOMAINS"][0]["EMAIL_DOMAIN"]
    assert contact.fields["EMAIL_ADDRESS"].endswith(f"@{domain}")
    assert company["WEBSITE"] == f"https://www.{domain}"
    assert contact.fields["ADDRESS_MAIL_CITY"] == company["ADDRESS_BILLING_CITY"]


def test_colleagues_follow_from_the_seed():
    names = made_up.colleagues(7)

    assert names == made_up.colleagues(7) != made_up.colleagues(8)
    assert len(names) == COLLEAGUES
