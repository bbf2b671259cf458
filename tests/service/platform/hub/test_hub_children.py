"""What belongs to a record: addresses and tags inside it, notes beside it, on both versions of the CRM."""

import pytest

from elements_local.kit.api.json_text import decode

VERSIONS = ["https://api.insight.ly/v2.2", "https://api.insight.ly/v3.1"]


@pytest.fixture(params=VERSIONS, ids=["v2.2", "v3.1"])
def hub(request, clients, make_instance):
    return clients.platform.hub(make_instance({"base.url": request.param})["token"])


@pytest.fixture(params=["contacts", "accounts"])
def parent(request, hub):
    """The path of a record that has addresses."""
    fields = {"contacts": {"FIRST_NAME": "Ada"}, "accounts": {"ORGANISATION_NAME": "Initech"}}
    made = hub.call("POST", f"/{request.param}", json=fields[request.param])
    return f"/{request.param}/{made['id']}"


def test_an_address_is_made_shown_changed_and_deleted(hub, refused, parent):
    made = hub.call(
        "POST", f"{parent}/addresses", json={"address_type": "POSTAL", "street": "Main", "city": "Austin"}
    )
    path = f"{parent}/addresses/{made['ADDRESS_ID']}"
    put = hub.call("PUT", path, json={"city": "Waco"})
    patched = hub.call("PATCH", path, json={"POSTCODE": "76701"})

    assert (made["id"], made["ADDRESS_TYPE"], made["STREET"], made["CITY"]) == (
        made["ADDRESS_ID"],
        "POSTAL",
        "Main",
        "Austin",
    )
    assert (put["STREET"], put["CITY"]) == ("Main", "Waco")
    assert patched == {**put, "POSTCODE": "76701"}
    assert hub.call("GET", path) == patched
    assert hub.call("GET", f"{parent}/addresses") == [patched]
    deleted = hub.send("DELETE", path)
    assert (deleted.status, deleted.body) == (200, b"")
    assert hub.call("GET", f"{parent}/addresses") == []
    for method in ("GET", "PUT", "DELETE"):
        refused(hub.send(method, path, json={"CITY": "x"}), 404)


def test_there_is_no_list_of_all_addresses(hub, parent, refused):
    hub.call("POST", f"{parent}/addresses", json={"CITY": "Austin"})

    refused(hub.send("GET", "/addresses"), 404)


def test_addresses_leave_each_other_and_their_record_alone(hub, parent):
    before = hub.call("GET", parent)
    one = hub.call("POST", f"{parent}/addresses", json={"ADDRESS_TYPE": "POSTAL", "CITY": "Austin"})
    two = hub.call("POST", f"{parent}/addresses", json={"ADDRESS_TYPE": "OTHER", "CITY": "Waco"})

    hub.call("DELETE", f"{parent}/addresses/{one['id']}")

    assert hub.call("GET", f"{parent}/addresses") == [two]
    after = hub.call("GET", parent)
    assert {key: after[key] for key in before if "ADDRESS" not in key} == {
        key: before[key] for key in before if "ADDRESS" not in key
    }


@pytest.mark.parametrize("hub", VERSIONS[1:], ids=["v3.1"], indirect=True)
def test_an_address_for_which_the_crm_has_no_room_is_refused(hub, refused, parent):
    for city in ("Austin", "Waco"):
        hub.call("POST", f"{parent}/addresses", json={"CITY": city})

    assert "room for more" in refused(hub.send("POST", f"{parent}/addresses", json={"CITY": "Paris"}), 409)
    assert {row["CITY"] for row in hub.call("GET", f"{parent}/addresses")} == {"Austin", "Waco"}


def test_what_lists_take_children_take_too(hub, parent):
    for city in ("Austin", "Waco"):
        hub.call("POST", f"{parent}/addresses", json={"CITY": city})

    def cities(query):
        return [row["CITY"] for row in hub.call("GET", f"{parent}/addresses?{query}")]

    assert cities("where=CITY='waco'") == ["Waco"]
    assert cities("orderBy=CITY%20desc") == ["Waco", "Austin"]
    assert cities("pageSize=1&page=2") == ["Waco"]
    assert hub.call("GET", f"{parent}/addresses?fields=CITY&where=CITY='Waco'") == [{"CITY": "Waco"}]


@pytest.mark.assumed
def test_an_address_that_says_no_type_is_a_postal_one(hub, parent):
    made = hub.call("POST", f"{parent}/addresses", json={"CITY": "Austin"})

    assert (made["ADDRESS_TYPE"], made["CITY"]) == ("POSTAL", "Austin")


def test_tags_are_named_by_themselves(hub, refused, parent):
    made = hub.call("POST", f"{parent}/tags", json={"tag_name": "vip"})

    assert made["TAG_NAME"] == "vip"
    assert hub.call("GET", f"{parent}/tags/VIP")["TAG_NAME"] == "vip"
    refused(hub.send("POST", f"{parent}/tags", json={"TAG_NAME": "vip"}), 409)
    hub.call("DELETE", f"{parent}/tags/vip")
    assert hub.call("GET", f"{parent}/tags") == []


def test_a_note_belongs_to_one_record_and_not_to_another(hub, refused, parent):
    note = hub.call("POST", f"{parent}/notes", json={"title": "hello"})
    other = hub.call("POST", "/contacts", json={"FIRST_NAME": "Bob"})
    path = f"{parent}/notes/{note['NOTE_ID']}"

    assert [each["NOTE_ID"] for each in hub.call("GET", f"{parent}/notes")] == [note["NOTE_ID"]]
    assert hub.call("PATCH", path, json={"body": "x"})["BODY"] == "x"
    for method in ("GET", "PATCH", "DELETE"):
        reply = hub.send(method, f"/contacts/{other['id']}/notes/{note['NOTE_ID']}", json={"BODY": "y"})
        refused(reply, 404)
    assert hub.call("GET", path)["BODY"] == "x"
    hub.call("DELETE", path)
    assert hub.call("GET", f"{parent}/notes") == []


@pytest.mark.parametrize("child", ["nothing", "addresses2", "image.png", "%20"])
def test_a_child_that_nothing_has_is_refused(hub, refused, parent, child):
    reply = hub.send("GET", f"{parent}/{child}")

    refused(reply, reply.status)
    assert reply.status in {404, 405}


def test_children_of_a_record_that_is_not_there_are_not_found(hub, refused):
    for child in ("addresses", "notes", "tags"):
        refused(hub.send("GET", f"/contacts/1/{child}"), 404)
        refused(
            hub.send("POST", f"/contacts/1/{child}", json={"CITY": "x", "TITLE": "x", "TAG_NAME": "x"}), 404
        )


def test_leads_have_no_addresses(hub, refused):
    lead = hub.call("POST", "/leads", json={"LAST_NAME": "Babbage"})

    refused(hub.send("GET", f"/leads/{lead['id']}/addresses"), 404)


def test_an_empty_child_is_refused(hub, refused, parent):
    refused(hub.send("POST", f"{parent}/addresses", json={}), 400)


def test_tasks_are_made_changed_found_and_deleted(hub):
    made = hub.call("POST", "/tasks", json={"title": "Call"})
    path = f"/tasks/{made['TASK_ID']}"

    assert made["id"] == made["TASK_ID"]
    assert hub.call("PUT", path, json={"details": "soon"})["TITLE"] == "Call"
    assert [each["TASK_ID"] for each in hub.call("GET", "/tasks?where=TITLE='call'")] == [made["TASK_ID"]]
    hub.call("DELETE", path)
    assert hub.call("GET", "/tasks") == []


def test_activities_are_the_crms_sets_of_them_and_can_only_be_read(hub, refused):
    (listed,) = hub.call("GET", "/activities?pageSize=1")

    assert listed["id"] == listed["ACTIVITYSET_ID"]
    assert hub.call("GET", f"/activities/{listed['id']}")["ACTIVITYSET_ID"] == listed["id"]
    refused(hub.send("POST", "/activities", json={"TITLE": "Call"}), 400)


@pytest.mark.parametrize("state", [{"OPPORTUNITY_STATE": "Won"}, {"opportunity_state": "won"}])
def test_an_opportunity_can_be_made_from_its_state_alone(hub, state):
    made = hub.call("POST", "/opportunities", json=state)

    assert made["OPPORTUNITY_STATE"].lower() == "won"
    assert made["OPPORTUNITY_NAME"]


def test_me_is_the_crms_user(hub):
    (user,) = hub.call("GET", "/users")

    assert hub.call("GET", "/me") == user
    assert hub.call("GET", "/me?fields=USER_ID") == {"USER_ID": user["USER_ID"]}


@pytest.mark.parametrize("size", [7, 100])
def test_a_list_that_the_crm_gives_as_a_whole_has_pages_here(hub, size):
    everything = hub.call("GET", "/countries?pageSize=500")

    pages = [hub.call("GET", f"/countries?pageSize={size}&page={page}") for page in (1, 2, 3)]

    assert [each for page in pages for each in page] == everything[: 3 * size]
    assert len(everything) > 200


def test_a_customers_own_objects_are_made_shown_changed_and_deleted(clients, make_instance):
    hub = clients.platform.hub(make_instance({"base.url": VERSIONS[1]})["token"])
    made = hub.call("POST", "/Fruit__c", json={"record_name": "Apple"})
    path = f"/Fruit__c/{made['id']}"

    assert made["id"] == made["RECORD_ID"]
    assert hub.call("PUT", path, json={"RECORD_NAME": "Pear"})["RECORD_NAME"] == "Pear"
    assert [each["RECORD_ID"] for each in hub.call("GET", "/fruit__c?where=RECORD_NAME='pear'")] == [
        made["RECORD_ID"]
    ]
    hub.call("DELETE", path)
    assert hub.call("GET", "/Fruit__c") == []


def test_short_lists_have_ids_too(hub):
    source = hub.call("GET", "/leadsources")[0]

    changed = hub.call("PATCH", f"/leadsources/{source['id']}", json={"LEAD_SOURCE": "Elsewhere"})

    assert source["id"] == source["LEAD_SOURCE_ID"]
    assert (changed["id"], changed["LEAD_SOURCE"]) == (source["id"], "Elsewhere")


def test_events_of_the_crm_are_reached_below_a_hub(hub):
    made = hub.call(
        "POST",
        "/events",
        json={
            "title": "Lunch",
            "START_DATE_UTC": "2026-03-02 12:00:00",
            "END_DATE_UTC": "2026-03-02 13:00:00",
        },
    )

    assert [each["EVENT_ID"] for each in hub.call("GET", "/events?where=TITLE='lunch'")] == [made["id"]]


def test_other_objects_are_reached_by_name(hub):
    made = hub.call("POST", "/projects", json={"project_name": "Engine", "STATUS": "NOT STARTED"})

    assert made["id"] == made["PROJECT_ID"]
    assert decode(hub.send("GET", f"/Projects/{made['id']}").body) == made
