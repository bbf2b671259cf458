"""What every account has and nobody can change, and the records that are made up."""

from datetime import UTC, datetime, timedelta

import pytest

from mock_insightly.account.account import account_of
from mock_insightly.fields.definitions import CUSTOM_FIELDS, custom_fields_of
from mock_insightly.kinds import KINDS
from mock_insightly.kinds.sales import CONTACTS, LEADS, OPPORTUNITIES, ORGANISATIONS, PROJECTS
from mock_insightly.kinds.work import EMAILS, EVENTS, TASKS
from mock_insightly.records.record import created, references
from mock_insightly.sample_data import drafts as sample_data
from mock_insightly.sample_data.drafts import CHUNK, SPREAD
from mock_insightly.sample_data.seed import foundation
from mock_insightly.versions.known import VERSIONS

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


def account(seed=7):
    return account_of(
        seed,
        email="owner@default.example",
        currency="USD",
        country="United States",
        custom_objects=("Fruit_Tree__c",),
    )


def test_what_is_founded_is_what_a_new_record_would_be_and_refers_to_nothing():
    for kind, records in foundation(account(), since=NOW):
        for record in records:
            anew = created(kind, record, record_id=record[kind.id_field], account=account(), now=NOW)
            assert [*record.items()] == [*anew.items()]
            assert references(kind, record) == set()


def test_custom_fields_have_names_and_ids_of_their_own():
    assert len({(field.of, field.name) for field in CUSTOM_FIELDS}) == len(CUSTOM_FIELDS)
    assert len({field.id for field in CUSTOM_FIELDS}) == len(CUSTOM_FIELDS)
    assert custom_fields_of("Nothing") == ()


def test_hidden_fields_are_fields():
    for kind in KINDS:
        assert kind.hidden <= {field.name for field in kind.fields}, kind.name
        assert {*(kind.parent or ())} <= {field.name for field in kind.fields}
        assert {name for name, _ in kind.refers} <= {field.name for field in kind.fields}
        assert kind.field(kind.id_field) is not None


@pytest.mark.parametrize("version", VERSIONS.values(), ids=lambda version: version.name)
def test_what_is_required_is_a_key(version):
    for shape in version.shapes.values():
        assert {*shape.required} <= {key.name for key in shape.keys}, shape.kind.name


WORK = [PROJECTS, TASKS, EVENTS, EMAILS]
MADE_UP = [ORGANISATIONS, CONTACTS, LEADS, OPPORTUNITIES, *WORK]


@pytest.fixture(scope="module")
def chunk():
    return sample_data.chunk(7, 3) | sample_data.chunk_of_work(7, 3)


def test_a_chunk_follows_from_the_seed_and_its_number(chunk):
    sample_data.chunk.cache_clear()
    sample_data.chunk_of_work.cache_clear()

    assert sample_data.chunk(7, 3) | sample_data.chunk_of_work(7, 3) == chunk
    for seed, number in ((7, 4), (8, 3)):
        other = sample_data.chunk(seed, number) | sample_data.chunk_of_work(seed, number)
        assert [name for name in chunk if other[name] == chunk[name]] == []


@pytest.mark.parametrize("kind", MADE_UP, ids=lambda kind: kind.name)
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
    for kind in WORK:
        for at, draft in enumerate(chunk[kind.name]):
            assert first <= draft.opportunity <= first + at
            assert draft.contact == chunk["Opportunities"][draft.opportunity - first].contact


# Events get the dates that they must have only when they are placed, and e-mails are sent by no client.
@pytest.mark.parametrize("kind", MADE_UP[:-2], ids=lambda kind: kind.name)
def test_drafts_are_what_a_client_could_send(chunk, kind):
    shape = VERSIONS["v3.1"].shapes[kind.name.lower()]

    for draft in chunk[kind.name]:
        given = shape.given(shape.sent(draft.fields), {}, whole=False)
        assert {name: given[name] for name in draft.fields} == draft.fields
