"""From a record to its polls, its event, its notification, its attempts and the receiver's answer, and back."""

import json

import pytest


def hrefs(page, words):
    return [href for href, _ in page.links if words in href]


def test_the_whole_chain_is_walked_by_links(visitor, at, story):
    record = visitor.open(f"{at}records/Contacts/{story['ada']}")
    poll = visitor.open(hrefs(record, "/polls/")[0])
    notification = visitor.open(hrefs(poll, "/notifications/")[0])
    callback = visitor.open(hrefs(notification, "/callbacks/")[1])
    again = visitor.open(hrefs(callback, "/records/Contacts/")[0])

    assert "What it decided" in poll.words
    assert f"contacts/{story['ada']} ✓ CREATED" in poll.words
    assert "attempt 1 2026-03-02 10:15:00" in notification.words
    assert "✓ 200 callback 1" in notification.words
    assert f"contacts/{story['ada']} CREATED" in callback.words
    assert again.url == record.url


def test_a_notification_leads_back_to_its_poll_and_its_record(visitor, at, story):
    callback = visitor.open(f"{at}callbacks/2")
    notification = visitor.open(hrefs(callback, "/notifications/")[0])

    assert len(hrefs(notification, f"{at}polls/")) == 1
    assert hrefs(notification, f"recordId={story['eve']}")
    assert "attempt 2 is due" in notification.words


@pytest.mark.usefixtures("story")
def test_it_is_delivered_again(visitor, at, clients):
    callback = visitor.open(f"{at}callbacks/1")
    notification = visitor.open(hrefs(callback, "/notifications/")[0])

    page = visitor.send(notification, "/again")
    clients.clock.advance("1s")

    assert "is delivered again." in page.words
    told = [one["json"]["id"] for one in clients.sink.callbacks()]
    assert told.count(told[0]) == 2


def test_polls_are_listed_and_narrowed(visitor, at, story):
    every = visitor.open(f"{at}polls/")
    contacts = visitor.open(f"{at}polls/?instanceId={story['instance']}&resource=contacts")

    assert [len([1 for _, given in page.links if "data-row" in given]) for page in (every, contacts)] == [
        8,
        2,
    ]
    assert visitor.open(f"{at}polls/latest").words.count("What it decided") == 1


@pytest.mark.usefixtures("story")
def test_polls_are_left_out_and_it_is_said_how_many(visitor, at):
    busy = visitor.open(f"{at}polls/?resource=-leads&idle=false")

    assert "2 match, 6 hidden" in busy.words
    assert len([href for href, given in busy.links if "data-row" in given]) == 2


def test_a_filter_that_cannot_be_read_is_said_above_the_list(visitor, at):
    page = visitor.open(f"{at}polls/?instanceId=x")

    assert (page.status, "✗ instanceId must be a whole number" in page.words) == (200, True)


@pytest.mark.parametrize(
    "path", ["polls/999", "polls/0", "notifications/1", "polls/" + "9" * 60, "notifications/" + "9" * 60]
)
def test_what_is_not_there_is_not_found(visitor, at, path):
    assert visitor.open(at + path).status == 404


def test_a_record_that_was_reported_is_explained(visitor, at, story):
    page = visitor.open(f"{at}why/?instanceId={story['instance']}&resource=contacts&recordId={story['ada']}")

    assert f"Why contacts/{story['ada']} was reported" in page.words
    assert "is later than" in page.words


def test_so_is_one_that_was_not(visitor, at, clients, story):
    bob = clients.crm.create("Contacts", {"FIRST_NAME": "Bob"})["CONTACT_ID"]

    page = visitor.open(f"{at}why/?instanceId={story['instance']}&resource=contacts&recordId={bob}")

    assert f"Why contacts/{bob} was not reported" in page.words


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 400),
        ("instanceId=x&resource=contacts&recordId=1", 400),
        ("instanceId=1&resource=contacts&recordId=1", 404),
    ],
)
def test_an_explanation_needs_to_know_of_what(visitor, at, query, status):
    assert visitor.open(f"{at}why/?{query}").status == status


def test_what_a_stranger_asks_about_is_text(visitor, at, instance):
    page = visitor.open(
        f"{at}why/?instanceId={instance['id']}&resource=%3Cscript%3Ealert(1)&recordId=%22onmouseover=%3Cimg%3E"
    )

    assert "<script>alert" not in page.html
    assert not [tag for tag, given in page.tags if tag == "img" or "onmouseover" in given]


def cure(visitor, at, instance, **fields):
    """Send the form of a proposal, as the page has it where the platform proposes one."""
    page = visitor.open(f"{at}instances/{instance['id']}")
    form = page.forms[0]
    form.action = f"{at}why/"
    form.fields += [("instanceId", str(instance["id"])), *fields.items()]
    return visitor.send(page, "/why/", **fields)


def test_a_proposal_for_an_empty_block_is_carried_out(visitor, at, clients, instance):
    """It is the element's own, which is written out before it is changed."""
    page = cure(visitor, at, instance, resource="leads", change='{"pollDelay": 7}')

    kept = clients.platform.call("GET", f"/elements/api-v2/instances/{instance['id']}")["configuration"]
    block = json.loads(kept["event.poller.configuration"])["leads"]
    assert (block["pollDelay"], "updatedDateField" in block["datesConfiguration"]) == (7, True)
    assert "✓" in page.words


@pytest.mark.parametrize("change", ["{", "5", "", '{"url": "nowhere"}'])
def test_one_that_cannot_be_changes_nothing(visitor, at, clients, instance, change):
    path = f"/elements/api-v2/instances/{instance['id']}"
    before = clients.platform.call("GET", path)["configuration"]

    page = cure(visitor, at, instance, resource="contacts", change=change)

    assert page.status == 400 or "✗" in page.words
    assert clients.platform.call("GET", path)["configuration"] == before


LISTS = {
    "records/Contacts/latest": "records/",
    "callbacks/latest": "callbacks/",
    "polls/latest": "polls/",
    "notifications/latest": "polls/",
    "journal/crm/latest": "journal/",
}


@pytest.mark.parametrize("path", LISTS)
def test_without_any_the_latest_is_the_list(visitor, at, path):
    page = visitor.open(at + path)

    assert (page.status, page.url) == (200, visitor.origin + at + LISTS[path])


@pytest.mark.parametrize(
    ("path", "latest"),
    [("records/Contacts", "eve"), ("callbacks", "2"), ("polls", "8"), ("journal/sink", "2")],
)
def test_the_latest_has_an_address_of_its_own(visitor, at, story, path, latest):
    page = visitor.open(f"{at}{path}/latest")

    assert page.url.endswith(f"/{path}/{story.get(latest, latest)}")
