"""Made-up records."""

from datetime import timedelta

import pytest

from mock_insightly.kinds import CONTACTS, LEADS, OPPORTUNITIES, ORGANISATIONS
from mock_insightly.made_up.records import CHUNK, COLLEAGUES, FIRST_FEW, SPREAD, Inventor, first_few
from mock_insightly.versions.known import VERSIONS


@pytest.fixture(scope="module")
def inventor():
    return Inventor(7)


@pytest.fixture(scope="module")
def chunk(inventor):
    return inventor.chunk(3)


def test_a_chunk_follows_from_the_seed_and_its_number(inventor, chunk):
    inventor.chunk(0)

    assert Inventor(7).chunk(3) == chunk
    assert inventor.chunk(3) == chunk
    assert inventor.chunk(4) != chunk
    assert Inventor(8).chunk(3) != chunk


@pytest.mark.parametrize("name", ["organisations", "contacts", "leads", "opportunities"])
def test_the_first_few_drafts_are_those_that_the_chunk_begins_with(chunk, name):
    few = getattr(first_few(7, 3), name)

    assert few == getattr(chunk, name)[:FIRST_FEW]
    assert getattr(first_few(8, 3), name) != few
    assert getattr(first_few(7, 4), name) != few


@pytest.mark.parametrize("name", ["organisations", "contacts", "leads", "opportunities"])
def test_dates_lie_within_two_years(chunk, name):
    drafts = getattr(chunk, name)

    assert len(drafts) == CHUNK
    assert all(timedelta(0) <= draft.edited <= draft.age < SPREAD for draft in drafts)
    assert any(draft.edited == timedelta(0) for draft in drafts)
    assert any(timedelta(0) < draft.edited <= timedelta(seconds=3) for draft in drafts)


def test_records_refer_to_earlier_positions_of_their_chunk(chunk):
    first = 3 * CHUNK

    for at, contact in enumerate(chunk.contacts):
        assert first <= contact.organisation <= first + at
    for at, opportunity in enumerate(chunk.opportunities):
        assert first <= opportunity.contact <= first + at
        assert opportunity.organisation == chunk.contacts[opportunity.contact - first].organisation


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("organisations", ORGANISATIONS),
        ("contacts", CONTACTS),
        ("leads", LEADS),
        ("opportunities", OPPORTUNITIES),
    ],
)
def test_drafts_are_what_a_client_could_send(chunk, name, kind):
    shape = VERSIONS["v3.1"].shapes[kind.name.lower()]

    for draft in getattr(chunk, name):
        given = shape.given(shape.sent(draft.fields), {}, whole=False)
        assert {name: given[name] for name in draft.fields} == draft.fields


def test_a_contacts_address_belongs_to_its_organisation(chunk):
    contact = chunk.contacts[100]
    company = chunk.organisations[contact.organisation - 3 * CHUNK].fields

    domain = company["EMAILDOMAINS"][0]["EMAIL_DOMAIN"]
    assert contact.fields["EMAIL_ADDRESS"].endswith(f"@{domain}")
    assert company["WEBSITE"] == f"https://www.{domain}"
    assert contact.fields["ADDRESS_MAIL_CITY"] == company["ADDRESS_BILLING_CITY"]


def test_colleagues_follow_from_the_seed(inventor):
    names = inventor.colleagues()

    assert names == Inventor(7).colleagues()
    assert len(names) == COLLEAGUES
