"""What a version takes it shows again; what hangs below records; paths as routes know them."""

from datetime import UTC, datetime
from itertools import count

import pytest
from crm_bodies import OTHERWISE, bodies, lost
from each_row import each_row
from examples import examples
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from elements_local.platform.elements.insightly.resources import OWN_NAMES
from mock_insightly.account.account import account_of
from mock_insightly.errors import BadRequestError
from mock_insightly.kinds import KINDS
from mock_insightly.kinds.account import custom_object
from mock_insightly.records.record import changed, created, number_rows
from mock_insightly.versions.known import VERSIONS, is_api_path, plain_path
from mock_insightly.versions.sub_resources import CUSTOM

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
ACCOUNT = account_of(7, email="owner@default.example", currency="USD", country="United States")


def custom(version):
    """Return the shape of a custom object, where the version has them."""
    return [version.custom_shape(custom_object("Fruit__c"))] if version.custom_shape else []


WRITTEN = [
    pytest.param(version, shape, id=f"{version.name} {shape.kind.name}")
    for version in VERSIONS.values()
    for shape in (*version.shapes.values(), *custom(version))
    if any(key.take for key in shape.keys)
]


@pytest.mark.parametrize(("version", "shape"), WRITTEN)
def test_what_was_taken_is_shown_again(version, shape):
    two = st.tuples(bodies(shape), bodies(shape))
    settings(max_examples=examples(4), deadline=None, phases=(Phase.generate,))(
        given(two)(Written(version, shape).check)
    )()


class Written:
    """A record that is written in a version, and shown in it after each time."""

    def __init__(self, version, shape):
        self.shape, self.whole = shape, version.replaces
        self.otherwise = OTHERWISE.get((version.name, shape.kind.name), set())

    def check(self, sent):
        first, second = sent
        blocks = count(20_000_000, 1000)
        for body in sent:
            try:
                self.after(body, {}, blocks)
            except BadRequestError:
                return  # then nothing is kept, and the answer says so
        made = self.after(first, {}, blocks)
        self.check_shown(first, made)

        try:
            changed_ = self.after(second, made, blocks)
        except BadRequestError:
            return  # which depends on what the record is
        self.check_shown(second, changed_)
        written_back = self.after(self.shape.show(changed_), changed_, blocks)
        self.check_shown(second, written_back)

    def check_shown(self, body, record):
        sent = {name: value for name, value in body.items() if name not in self.otherwise}
        assert not lost(sent, self.shape.show(record))

    def after(self, body, before, blocks):
        """Return the record as the store would keep it after a write."""
        kind = self.shape.kind
        read = self.shape.given(self.shape.sent(body), before, whole=self.whole)
        if before:
            record = changed(kind, before, read, account=ACCOUNT, now=NOW)
        else:
            record = created(kind, read, record_id=123, account=ACCOUNT, now=NOW)
        return number_rows(kind, record, before, lambda _sequence, _how_many: next(blocks))


@pytest.mark.parametrize("version", VERSIONS.values(), ids=lambda version: version.name)
def test_each_kind_has_a_shape_and_each_shape_a_kind(version):
    assert {shape.kind.name for shape in version.shapes.values()} == {kind.name for kind in KINDS}


def test_the_connector_knows_the_id_field_of_each_collection_that_can_be_searched():
    shapes = [shape for version in VERSIONS.values() for shape in version.shapes.values()]
    assert {
        shape.kind.name: shape.kind.id_field for shape in shapes if shape.searched and shape.on_all
    } == OWN_NAMES


@pytest.mark.parametrize("version", VERSIONS.values(), ids=lambda version: version.name)
def test_every_sub_resource_hangs_below_a_resource_that_there_is(version):
    assert {resource for resource, _ in version.sub_resources} <= {*version.shapes, CUSTOM}
    for resource, name in version.sub_resources:
        sub = version.sub_resources[resource, name]
        assert sub.name.lower() == name
        assert sub.on_all or sub.on_one


@each_row(
    ("path", "plain"),
    [
        ("/v2.2/Contacts", "/v2.2/contacts"),
        ("/V2.2/CONTACTS/Search", "/v2.2/contacts/search"),
        ("/v3.1/contacts/", "/v3.1/contacts"),
        ("//v3.1///contacts//5//", "/v3.1/contacts/5"),
        ("/v2.2/Contacts/5/Tags/Big Spender", "/v2.2/contacts/5/tags/Big Spender"),
        ("/v3.1", "/v3.1"),
        ("/", "/"),
        ("", ""),
        ("/_local/Changes/", "/_local/Changes/"),
        ("/v3.1/\u00c3\u0089t\u00c3\u00a9", "/v3.1/\u00c3\u0089t\u00c3\u00a9"),
    ],
)
def test_case_and_slashes_do_not_count_in_the_api(path, plain):
    assert plain_path(path) == plain


@given(st.lists(st.text("aAvV/.1", max_size=5)).map("/".join))
def test_a_plain_path_is_as_plain_as_can_be(path):
    assert plain_path(plain_path(path)) == plain_path(path)


@each_row(
    ("path", "ours"),
    [
        ("/v2.2/contacts", True),
        ("/v3.1/x", True),
        ("/v2.1/contacts", False),
        ("/v2.0/contacts", False),
        ("/_local/v3.1/", False),
    ],
)
def test_only_versions_that_are_served_belong_to_the_api(path, ours):
    assert is_api_path(path) is ours
