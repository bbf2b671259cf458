"""Instances: made, looked at, changed, switched and deleted by pages alone."""

import json

import pytest

from elements_local.clients import BASE_PATH


def pollers(clients):
    return clients.platform.call("GET", "/_local/pollers")["pollers"]


@pytest.fixture
def own(at, instance):
    """The page of the guide's instance."""
    return f"{at}instances/{instance['id']}"


def test_without_one_the_page_says_how_to_make_one(visitor, at):
    page = visitor.open(f"{at}instances/")

    assert "There is no instance yet." in page.words
    assert f"{at}instances/new" in [href for href, _ in page.links]


def test_the_guides_form_makes_an_instance_as_it_stands(visitor, at, clients):
    page = visitor.send(visitor.open(f"{at}instances/new"), "/instances/new")

    (made,) = pollers(clients)
    assert (made["name"], made["silent"]) == ("My Insightly", "")
    assert [each["resource"] for each in made["resources"]] == [
        "contacts",
        "accounts",
        "leads",
        "opportunities",
    ]
    assert made["callbackUrl"] == clients.credentials.callback_url
    assert page.url.partition("?")[0].endswith(f"{at}instances/{made['instanceId']}")
    assert f"Instance {made['instanceId']} is made" in page.words


def test_every_field_has_a_label_and_the_keys_have_help(visitor, at):
    page = visitor.open(f"{at}instances/new")

    inputs = [
        given for tag, given in page.tags if tag in {"input", "textarea"} and given.get("type") != "hidden"
    ]
    ids = {given["id"] for _, given in page.tags if "id" in given}
    labels = {given.get("for") for tag, given in page.tags if tag == "label"}
    fields = [each for each in inputs if each.get("name", "").startswith("event.")]
    assert len(fields) == 5
    assert all(each["aria-describedby"] in ids for each in fields)
    assert all(each.get("type") == "checkbox" or each["id"] in labels for each in fields)


def test_what_is_refused_is_said_beside_what_was_filled_in(visitor, at, clients):
    page = visitor.open(f"{at}instances/new")

    again = visitor.send(page, "/instances/new", name="<b>mine</b>", password="wrong")

    assert (again.status, "Insightly answered 401" in again.words) == (401, True)
    assert again.filled_in("/new")["name"] == "<b>mine</b>"
    assert "wrong" not in again.html
    assert pollers(clients) == []


@pytest.mark.parametrize("text", ["{", "[1]", "\ufeff{}", "{" * 5000], ids=["cut", "list", "mark", "deep"])
def test_poller_configuration_that_is_none_comes_back_to_be_mended(visitor, at, clients, text):
    page = visitor.open(f"{at}instances/new")

    again = visitor.send(page, "/instances/new", **{"event.poller.configuration": text})

    assert again.status == 400
    assert again.filled_in("/new")["event.poller.configuration"] == text
    assert pollers(clients) == []


def test_an_instance_shows_state_resources_polls_and_deliveries(visitor, at, story):
    page = visitor.open(f"{at}instances/{story['instance']}")

    for words in (
        "Next poll 2026-03-02 10:45:00",
        "contacts 1 seen, 1 reported",
        f"contacts/{story['eve']} CREATED",
        "to come",
    ):
        assert words in page.words


def test_its_configuration_is_changed_and_nothing_else(visitor, own, clients, instance):
    before = clients.platform.call("GET", f"{BASE_PATH}/instances/{instance['id']}")["configuration"]

    page = visitor.send(visitor.open(own), "/configuration", **{"event.poller.refresh_interval": "5"})

    after = clients.platform.call("GET", f"{BASE_PATH}/instances/{instance['id']}")["configuration"]
    assert {key for key in before if before[key] != after[key]} == {"event.poller.refresh_interval"}
    assert "Changed: event.poller.refresh_interval." in page.words


def test_saving_it_as_it_stands_changes_nothing(visitor, own, clients):
    page = visitor.send(visitor.open(own), "/configuration")

    assert "Nothing was changed." in page.words
    patched = [
        one
        for one in clients.platform.call("GET", "/_local/journal?limit=1000")["exchanges"]
        if one["method"] == "PATCH"
    ]
    assert patched == []


def test_events_are_switched_off_by_taking_the_mark_away(visitor, own, clients):
    page = visitor.open(own)
    (form,) = [form for form in page.forms if form.action.endswith("/configuration")]
    form.fields.remove(("event.notification.enabled", "on"))

    visitor.send(page, "/configuration")

    assert pollers(clients)[0]["silent"] == "event.notification.enabled is not true"


def test_a_block_is_changed_in_place(visitor, own, clients, instance):
    page = visitor.open(own)
    blocks = json.loads(page.filled_in("/configuration")["event.poller.configuration"])
    blocks["contacts"]["pollDelay"] = 5

    visitor.send(page, "/configuration", **{"event.poller.configuration": json.dumps(blocks, indent=2)})

    kept = clients.platform.call("GET", f"{BASE_PATH}/instances/{instance['id']}")["configuration"]
    assert json.loads(kept["event.poller.configuration"])["contacts"]["pollDelay"] == 5


def test_a_change_that_is_refused_stays_in_the_form(visitor, own):
    page = visitor.send(visitor.open(own), "/configuration", **{"event.poller.refresh_interval": "soon"})

    assert (page.status, "must be whole minutes" in page.words) == (400, True)
    assert page.filled_in("/configuration")["event.poller.refresh_interval"] == "soon"


def test_what_will_be_regretted_is_said(visitor, at):
    page = visitor.open(f"{at}instances/new")
    blocks = json.loads(page.filled_in("/new")["event.poller.configuration"])
    blocks["contacts"]["pollDelai"] = 5

    made = visitor.send(page, "/instances/new", **{"event.poller.configuration": json.dumps(blocks)})

    assert "pollDelay" in made.words
    assert "to look at" in visitor.open(f"{at}instances/").words


def test_it_is_polled_at_once(visitor, own, clients):
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})

    page = visitor.send(visitor.open(own), "/poll")

    assert "4 polls ran: 1 events, 1 attempts." in page.words
    assert len(clients.sink.callbacks()) == 1


def test_it_is_switched_off_and_on_and_deleted(visitor, own, clients):
    off = visitor.send(visitor.open(own), "/disable")
    assert pollers(clients)[0]["silent"] == "the instance is disabled"
    assert "the instance is disabled" in off.words

    on = visitor.send(off, "/enable")
    assert pollers(clients)[0]["silent"] == ""

    gone = visitor.send(on, "/delete")
    assert pollers(clients) == []
    assert "is deleted." in gone.words
    assert visitor.open(own).status == 404


def test_names_that_a_stranger_chose_are_text(visitor, at):
    """The platform takes tags out of names; what is left can still end an attribute."""
    hostile = "a < b \" onmouseover=alert(1) ' &lt;b&gt; \u202e" + "😀" * 60
    page = visitor.open(f"{at}instances/new")

    made = visitor.send(page, "/instances/new", name=hostile)

    for shown in (made, visitor.open(f"{at}instances/"), visitor.open(at)):
        assert not [given for _, given in shown.tags if "onmouseover" in given]
        assert hostile in shown.text


@pytest.mark.parametrize("number", ["0", "99999999", "9" * 5000])
def test_an_instance_that_is_not_there_is_not_found(visitor, at, number):
    assert visitor.open(f"{at}instances/{number}").status == 404
