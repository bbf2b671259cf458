"""What one click shows to who has just begun: a lost change with its cure, and a signed callback."""

import re

import pytest
from page_reader import Form, PageVisitor

from elements_local.clients.guide import instance_body
from elements_local.dashboard.first_minute import new_workspace
from elements_local.start import Options, in_process, on_ports


@pytest.fixture(scope="module")
def stack():
    with in_process(Options()) as started:
        yield started


@pytest.fixture
def visitor(stack):
    return PageVisitor(stack.http, stack.addresses.platform)


@pytest.fixture
def empty(visitor):
    return visitor.open("/_local/")


def shown_in(stack, name):
    return next(stack.clients(each) for each in stack.workspaces() if each.name == name)


def workspace_of(page):
    return page.url.partition("/dashboard/")[2].partition("/")[0]


def test_a_change_is_lost_and_cured_in_a_workspace_of_its_own(stack, visitor, empty):
    page = visitor.send(empty, "/first/lost-change")

    clients = shown_in(stack, workspace_of(page))
    lost, reported = (change["recordId"] for change in clients.crm.changes())
    (poller,) = clients.platform.pollers()
    verdicts = {
        each: clients.platform.call(
            "GET", f"/_local/explain?instanceId={poller['instanceId']}&resource=contacts&recordId={each}"
        )
        for each in (lost, reported)
    }
    assert [each["verdict"] for each in verdicts.values()] == ["not reported", "reported"]
    assert "came 2 s after the record was written" in verdicts[lost]["why"]
    assert f"Contact {lost} was not reported (index-lag): the poll of" in page.words
    assert "came 2 s after the record was written" in page.words
    assert f"Contact {reported} was reported" in page.words
    assert 'contacts has {"pollDelay": 3} now' in page.words
    assert stack.workspace().crm.changes() == []


def test_each_step_leads_to_a_page_that_is_there(visitor, empty):
    page = visitor.send(empty, "/first/lost-change")

    steps = [
        href for href, tag in page.links if "/lost-change" in href and "more" in tag.get("class", "more")
    ]
    assert len(steps) > 7
    assert {visitor.open(each).status for each in steps} == {200}


def test_of_a_workspace_without_a_story_none_is_shown(visitor):
    assert visitor.open("/_local/dashboard/default/first/lost-change").status == 404


def test_names_count_on(stack):
    first, second = (new_workspace(stack, "counted").credentials.name for _ in range(2))

    assert (first, second) == ("counted", "counted-2")


def test_a_test_event_is_sent_to_the_bin_of_its_workspace(stack, visitor, empty):
    page = visitor.send(empty, "/first/test-event")

    (callback,) = shown_in(stack, workspace_of(page)).sink.callbacks()
    assert "delivered" in page.words
    assert callback["signature"] == "valid"


def test_a_host_that_is_not_allowed_is_named_with_what_to_do(visitor, empty):
    page = visitor.send(empty, "/first/test-event", url="https://192.0.2.1/hook")

    assert "192.0.2.1" in page.words
    assert "--allow-host" in page.words


def test_what_is_no_url_is_called_that(visitor, empty):
    assert "'nowhere' is not a URL" in visitor.send(empty, "/first/test-event", url="nowhere").words


def test_the_cause_shows_the_block_before_and_after(stack):
    visitor = PageVisitor(stack.http, stack.addresses.platform)
    clients = new_workspace(stack, "before-and-after")
    instance = clients.platform.create_instance(instance_body(clients.credentials))
    clients.crm.script_faults([{"match": {"path": "/v2.2/*"}, "effect": {"index_lag_s": 3}}])
    lost = clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})["CONTACT_ID"]
    clients.clock.advance("29m57s")
    clients.crm.update("Contacts", lost, {"LAST_NAME": "King"})
    clients.clock.advance("1h")

    query = f"instanceId={instance['id']}&resource=contacts&recordId={lost}"
    page = visitor.open(f"/_local/dashboard/{clients.credentials.name}/why/?{query}&cures=tried")

    assert re.findall('<span class="(added|taken)">(.*)</span>', page.html) == [
        ("added", "+   &#34;pollDelay&#34;: 3,")
    ]
    before = clients.crm.get("Contacts", lost)
    assert "was changed again, and that was reported" in visitor.send(page, "/why/").words
    after = clients.crm.get("Contacts", lost)
    assert {name for name in after if after[name] != before[name]} == {"DATE_UPDATED_UTC"}


def test_a_stack_without_all_services_refuses_both():
    with on_ports(Options(role="sink", ports=(0, 0, 0))) as alone:
        visitor = PageVisitor(alone.http, alone.addresses.sink)
        page = visitor.open("/_local/")
        token = next(
            dict(form.fields)["form_token"] for form in page.forms if "form_token" in dict(form.fields)
        )
        for name in ("lost-change", "test-event"):
            page.forms.append(
                Form(f"/_local/dashboard/default/first/{name}", "POST", [("form_token", token)])
            )
            refused = visitor.send(page, f"/first/{name}")
            assert (refused.status, "starts all three services" in refused.words) == (404, True)
        assert [each.name for each in alone.workspaces()] == ["default"]
