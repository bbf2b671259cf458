"""Whose records are meant, and that several clients create, change and delete them at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest


def test_without_a_key_admin_routes_mean_the_default_workspace(configured):
    crm = configured()
    crm.create("Contacts", FIRST_NAME="Ada")

    reply = crm.without_key("GET", "/_local/changes")

    assert reply.status == 200
    assert b"CREATED" in reply.body


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_body_over_a_megabyte_is_refused_and_changes_nothing(crm, method):
    body = b'{"FIRST_NAME":"' + b"x" * 1024 * 1024 + b'"}'

    told = crm.refused(413, method, "Contacts", body=body, headers={"Content-Type": "application/json"})

    assert told == f"The body has {len(body)} bytes; at most 1048576 are accepted."
    assert crm.changes() == []


class TestAtOnce:
    """Several clients at once."""

    @pytest.fixture
    def at_once(self):
        """Do something for each of some values, in as many threads."""

        def run(work, values):
            with ThreadPoolExecutor(max_workers=len(values)) as pool:
                return list(pool.map(work, values))

        return run

    def test_each_creation_gets_an_id_and_a_place_in_the_log(self, crm, at_once):
        def create_ten(name):
            return [crm.create("Contacts", FIRST_NAME=name)["CONTACT_ID"] for _ in range(10)]

        ids = sorted(number for made in at_once(create_ten, "abcdef") for number in made)

        assert ids == list(range(ids[0], ids[0] + 60))
        assert [change["seq"] for change in crm.changes()] == list(range(1, 61))
        assert crm.total("Contacts?count_total=true") == 60

    def test_no_update_is_lost(self, crm, at_once):
        path = f"Contacts/{crm.create('Contacts', FIRST_NAME='Ada')['CONTACT_ID']}"
        fields = ["LAST_NAME", "TITLE", "PHONE", "PHONE_HOME", "PHONE_MOBILE", "PHONE_OTHER", "BACKGROUND"]

        at_once(lambda field: crm.update(path, **{field: field}), fields)

        shown = crm.shown(path)
        assert [shown[field] for field in fields] == fields

    def test_a_record_is_deleted_once(self, crm, at_once):
        path = f"Contacts/{crm.create('Contacts', FIRST_NAME='Ada')['CONTACT_ID']}"

        statuses = at_once(lambda _: crm.send("DELETE", path).status, "abcd")

        assert sorted(statuses) == [202, 404, 404, 404]
        assert crm.total("Contacts?count_total=true") == 0

    def test_the_owner_is_there_once_however_many_ask_first(self, another, at_once):
        crm = another(seed=5)

        found = at_once(lambda _: crm.shown("Users/Me"), "abcdef")

        assert found == [found[0]] * 6
        assert crm.total("Users?count_total=true") == 1
