"""What makes real CRMs hard to poll, scripted: stamps that are wrong, lists that are late or out of step."""

import pytest

from elements_local.kit.instants import parse_instant


@pytest.fixture
def faulty(crm):
    """Put one fault rule in force."""

    def script(effect, **more):
        assert crm.send("PUT", "/_local/faults", json={"faults": [{"effect": effect, **more}]}).status == 200

    return script


def names(records):
    return [record["FIRST_NAME"] for record in records]


def people(crm, *given):
    return [crm.create("Contacts", FIRST_NAME=name)["CONTACT_ID"] for name in given]


def stamps(record):
    return record["DATE_CREATED_UTC"], record["DATE_UPDATED_UTC"]


class TestIndexLag:
    LISTS = ("Contacts", "Contacts/Search?first_name=Ada", "/v2.2/Contacts", "/v2.2/Contacts/Search")

    def test_a_written_record_is_found_only_later_but_by_id_at_once(self, crm, faulty):
        faulty({"index_lag_s": 60})

        (ada,) = people(crm, "Ada")

        assert crm.shown(f"Contacts/{ada}")["FIRST_NAME"] == "Ada"
        for path in self.LISTS:
            assert crm.shown(path) == []
        crm.advance(seconds=59)
        assert crm.shown("Contacts") == []
        crm.advance(seconds=1)
        for path in self.LISTS:
            assert names(crm.shown(path)) == ["Ada"]

    def test_a_change_hides_a_record_again_and_the_count_leaves_it_out(self, crm, faulty):
        ada, _ = people(crm, "Ada", "Grace")
        crm.advance(minutes=5)
        faulty({"index_lag_s": 60})

        crm.update(f"Contacts/{ada}", LAST_NAME="King")

        assert names(crm.shown("Contacts")) == ["Grace"]
        assert crm.total("Contacts/Search?count_total=true") == 1

    def test_what_hangs_on_a_record_is_as_late(self, crm, faulty):
        (ada,) = people(crm, "Ada")
        faulty({"index_lag_s": 60})

        crm.create(f"Contacts/{ada}/Notes", TITLE="met")

        assert crm.shown(f"Contacts/{ada}/Notes") == []
        crm.advance(minutes=1)
        assert len(crm.shown(f"Contacts/{ada}/Notes")) == 1

    def test_only_lists_that_the_rule_matches_are_late(self, crm, faulty):
        faulty({"index_lag_s": 60}, match={"path": "*/search"})

        people(crm, "Ada")

        assert names(crm.shown("Contacts")) == ["Ada"]
        assert crm.shown("Contacts/Search") == []


def noted(crm):
    """Return what the latest call's fault was noted to have done."""
    return crm.shown("/_local/journal?struck=true&limit=1")["exchanges"][0]["effect"].get("noted")


class TestDelaysOfTheirOwn:
    def test_a_later_write_may_be_found_before_an_earlier_one_and_the_journal_names_what_is_not(
        self, crm, faulty
    ):
        faulty({"index_lag_within_s": 60}, match={"path": "*/contacts"})
        made = people(crm, *"abcdefgh")
        crm.advance(seconds=30)

        seen = [one["CONTACT_ID"] for one in crm.shown("Contacts")]

        late = [number for number in made if number not in seen]
        assert late
        assert min(late) < max(seen)
        assert noted(crm) == {"hidden": [str(number) for number in late]}
        assert crm.total("Contacts?count_total=true") == len(seen)
        crm.advance(seconds=30)
        assert [one["CONTACT_ID"] for one in crm.shown("Contacts")] == made
        assert noted(crm) is None

    @pytest.mark.parametrize(
        "path", ["Contacts/Search?first_name=Ada", "/v2.2/Contacts", "/v2.2/Contacts/Search"]
    )
    def test_every_list_is_late(self, crm, faulty, path):
        faulty({"index_lag_s": 30, "index_lag_within_s": 1})
        people(crm, "Ada")

        assert crm.shown(path) == []
        crm.advance(seconds=31)
        assert names(crm.shown(path)) == ["Ada"]

    def test_a_change_hides_a_record_again(self, crm, faulty):
        ada, _ = people(crm, "Ada", "Grace")
        crm.advance(minutes=5)
        faulty({"index_lag_s": 30, "index_lag_within_s": 30})

        crm.update(f"Contacts/{ada}", LAST_NAME="King")

        assert names(crm.shown("Contacts")) == ["Grace"]


class TestCap:
    @pytest.mark.parametrize("path", ["Contacts", "/v2.2/Contacts/Search", "/v2.2/Contacts"])
    def test_a_list_ends_with_it(self, crm, faulty, path):
        made = people(crm, "a", "b", "c", "d")
        faulty({"list_cap": 3})

        assert names(crm.shown(path)) == ["a", "b", "c"]
        assert noted(crm) == {"cut": [str(made[3])]}

    def test_it_is_of_all_pages_together(self, crm, faulty):
        people(crm, "a", "b", "c", "d", "e")
        faulty({"list_cap": 3})

        assert [names(crm.shown(f"Contacts?top=2&skip={skip}")) for skip in (0, 2, 4)] == [
            ["a", "b"],
            ["c"],
            [],
        ]
        assert crm.total("Contacts?top=2&skip=2&count_total=true") == 3

    def test_a_shorter_list_is_whole(self, crm, faulty):
        people(crm, "a", "b")
        faulty({"list_cap": 3})

        assert names(crm.shown("Contacts")) == ["a", "b"]
        assert noted(crm) is None
        assert crm.total("Contacts?count_total=true") == 2


class TestRenamedFields:
    def test_answers_have_the_other_name_where_the_first_one_stood(self, crm, faulty):
        (ada,) = people(crm, "Ada")
        before = crm.shown(f"Contacts/{ada}")
        faulty({"rename_fields": {"DATE_UPDATED_UTC": "DATE_MODIFIED_UTC"}})

        for shown in (crm.shown("Contacts")[0], crm.shown(f"Contacts/{ada}")):
            assert shown["DATE_MODIFIED_UTC"] == before["DATE_UPDATED_UTC"]
            assert [*shown] == [name.replace("DATE_UPDATED", "DATE_MODIFIED") for name in before]
        assert "DATE_MODIFIED_UTC" in crm.create("Contacts", FIRST_NAME="Grace")

    def test_what_a_write_of_the_answer_insists_on_still_holds(self, crm, faulty):
        (ada,) = people(crm, "Ada")
        faulty({"rename_fields": {"TITLE": "JOB_TITLE"}}, match={"method": "GET"})
        tag = crm.send("GET", f"Contacts/{ada}").headers["ETag"]

        written = crm.send(
            "PUT", "Contacts", json={"CONTACT_ID": ada, "TITLE": "Countess"}, headers={"If-Match": tag}
        )

        assert written.status == 200
        assert crm.shown(f"Contacts/{ada}")["JOB_TITLE"] == "Countess"


class TestStamps:
    @pytest.mark.parametrize(
        ("skew", "stamp"),
        [(90, "2026-03-02 10:01:30"), (-90, "2026-03-02 09:58:30")],
        ids=["ahead", "behind"],
    )
    def test_a_clock_that_is_wrong_stamps_writes_but_not_the_ground_truth(self, crm, faulty, skew, stamp):
        (before,) = people(crm, "Grace")
        faulty({"clock_skew_s": skew})

        ada = crm.create("Contacts", FIRST_NAME="Ada")
        grace = crm.update(f"Contacts/{before}", LAST_NAME="Hopper")

        assert stamps(ada) == (stamp, stamp)
        assert stamps(grace) == ("2026-03-02 10:00:00", stamp)
        assert {change["at"] for change in crm.changes()} == {"2026-03-02T10:00:00Z"}

    def test_dates_of_new_records_are_apart_and_the_same_again_with_the_same_seed(self, crm, faulty):
        faulty({"updated_within_s": 3}, when={"seed": 4})

        made = [stamps(crm.create("Contacts", FIRST_NAME="Ada")) for _ in range(20)]

        assert {created for created, _ in made} == {"2026-03-02 10:00:00"}
        assert {updated for _, updated in made} == {f"2026-03-02 10:00:0{late}" for late in range(4)}
        crm.send("POST", "/_local/reset")
        faulty({"updated_within_s": 3}, when={"seed": 4})
        assert [stamps(crm.create("Contacts", FIRST_NAME="Ada")) for _ in range(20)] == made

    def test_what_happens_within_a_step_ties(self, crm, faulty):
        faulty({"stamp_step_s": 60})
        first = crm.create("Contacts", FIRST_NAME="Ada")
        crm.advance(seconds=59)
        second = crm.create("Contacts", FIRST_NAME="Grace")
        crm.advance(seconds=1)
        third = crm.create("Contacts", FIRST_NAME="Mary")

        assert stamps(first) == stamps(second)
        assert stamps(third) == ("2026-03-02 10:01:00", "2026-03-02 10:01:00")

    def test_a_write_that_is_answered_as_failed_is_stamped_by_the_rule_too(self, crm, faulty):
        faulty({"status": 503, "clock_skew_s": 5}, phase="after", when={"first_n": 1})

        assert crm.send("POST", "Contacts", json={"FIRST_NAME": "Ada"}).status == 503

        assert crm.shown("Contacts")[0]["DATE_CREATED_UTC"] == "2026-03-02 10:00:05"


@pytest.mark.parametrize("start", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_at_the_ends_of_the_calendar_nothing_fails(another, start):
    crm = another(start=parse_instant(start))
    effect = {"clock_skew_s": 90 if start > "2" else -90, "updated_later_s": 90, "index_lag_s": 60}
    crm.send("PUT", "/_local/faults", json={"faults": [{"effect": effect}]})

    ada = crm.create("Contacts", FIRST_NAME="Ada")

    assert crm.shown(f"Contacts/{ada['CONTACT_ID']}") == ada
    assert crm.send("GET", "Contacts").status == 200


class TestPages:
    FIRST = "Contacts?top=2&skip=0"
    SECOND = "Contacts?top=2&skip=2"

    def test_a_delete_after_a_page_was_read_makes_the_next_pass_over_a_record(self, crm, faulty):
        people(crm, "a", "b", "c", "d")
        faulty({"delete_listed": 1}, phase="after", when={"first_n": 1})

        assert names(crm.shown(self.FIRST)) == ["a", "b"]
        assert names(crm.shown(self.SECOND)) == ["d"]
        assert names(crm.shown("Contacts")) == ["b", "c", "d"]
        assert crm.changes()[-1]["change"] == "DELETED"

    def test_a_delete_before_a_page_is_read_shows_in_it(self, crm, faulty):
        people(crm, "a", "b", "c", "d")
        faulty({"delete_listed": 1}, when={"first_n": 1})

        assert names(crm.shown(self.FIRST)) == ["b", "c"]

    def test_an_update_after_a_page_was_read_is_in_the_log_and_shows_later(self, crm, faulty):
        people(crm, "a", "b", "c")
        crm.advance(seconds=5)
        faulty({"update_listed": 1}, phase="after", when={"first_n": 1})

        assert {stamps(one)[1] for one in crm.shown(self.FIRST)} == {"2026-03-02 10:00:00"}
        assert names(crm.shown(self.SECOND)) == ["c"]
        assert stamps(crm.shown("Contacts")[0])[1] == "2026-03-02 10:00:05"
        assert [(one["change"], one["at"]) for one in crm.changes()[3:]] == [
            ("UPDATED", "2026-03-02T10:00:05Z")
        ]

    def test_an_update_before_a_page_is_read_shows_in_it(self, crm, faulty):
        people(crm, "a", "b")
        crm.advance(seconds=5)
        faulty({"update_listed": 1}, when={"first_n": 1})

        assert stamps(crm.shown("Contacts")[0])[1] == "2026-03-02 10:00:05"

    def test_what_cannot_be_deleted_is_left_alone(self, crm, faulty):
        faulty({"delete_listed": 1})

        assert len(crm.shown("Users")) == len(crm.shown("Users")) == 1

    def test_a_list_that_is_empty_has_nothing_to_delete(self, crm, faulty):
        faulty({"delete_listed": 1}, phase="after")

        assert crm.shown("Contacts") == []

    def test_pages_that_overlap_repeat_a_record_and_lose_none(self, crm, faulty):
        people(crm, "a", "b", "c", "d")
        faulty({"page_overlap": 1}, match={"path": "/v3.1/Contacts"})

        pages = [names(crm.shown(f"Contacts?top=2&skip={skip}")) for skip in (0, 2, 4)]

        assert pages == [["a", "b"], ["b", "c"], ["d"]]
        assert crm.total("Contacts?top=2&skip=2&count_total=true") == 5


def test_a_rule_says_in_the_document_what_it_may_do(crm):
    schemas = crm.shown("/_local/openapi.json")["components"]["schemas"]

    assert "index_lag_s" in schemas["CrmEffect"]["properties"]


def test_a_misspelt_effect_is_refused_with_those_that_there_are(crm):
    told = crm.refused(400, "PUT", "/_local/faults", json={"faults": [{"effect": {"index_lag": 60}}]})

    assert "unknown key 'index_lag' in faults[0].effect (did you mean 'index_lag_s'?)" in told
    assert "expected any of status" in told
