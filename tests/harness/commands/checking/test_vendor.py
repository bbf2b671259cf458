"""``vendor``: what `new` writes is good and can be run at once; `check` says what is wrong; `list` has what is shipped."""

import json

from command import call
from each_row import each_row

from elements_local.clients.guide import instance_body
from elements_local.commands import triggering as trigger
from elements_local.commands.vendor import STARTERS
from elements_local.stack.vendor_files import shipped
from elements_local.start import Options, in_process


def test_what_is_begun_is_good_and_plays(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    begun = call("vendor", "new", "acme")
    checked = call("vendor", "check", "acme.yaml", "--json")

    assert begun.stdout == "acme.yaml is written; run it with `elements-local up --vendor acme.yaml`\n"
    assert json.loads(checked.stdout) == {"file": "acme.yaml", "mistakes": []}
    assert "$schema=vendor.schema.json" in (tmp_path / "acme.yaml").read_text("utf-8")
    assert json.loads((tmp_path / "vendor.schema.json").read_text("utf-8"))["title"].startswith(
        "A vendor file"
    )
    with in_process(Options(environment={"ELEMENTS_LOCAL_VENDORS": "acme.yaml"})) as stack:
        clients = stack.workspace()
        trigger.instance_of_its_own(clients, "deals")
        poller = trigger.poller_of(clients, "deals")
        made = trigger.make(clients, "deals", {}, None)
        trigger.advance_to_next_poll(clients, poller)
        assert trigger.outcome_of(clients, poller, made).sent.event_types == ("CREATED",)
        body = instance_body(clients.credentials, element="acme")
        body["configuration"]["event.poller.configuration"]["deals"]["pollDelay"] = 5
        instance = clients.platform.create_instance(body)
        found = clients.platform.call("GET", f"/_local/lint?instanceId={instance['id']}")
        assert found["findings"] == []


@each_row("like", [*STARTERS])
def test_each_kind_of_vendor_to_begin_with_is_good(tmp_path, monkeypatch, like):
    monkeypatch.chdir(tmp_path)
    call("vendor", "new", "acme", "--like", like)
    text = (tmp_path / "acme.yaml").read_text("utf-8")

    assert call("vendor", "check", "acme.yaml").returncode == 0
    assert "$schema=vendor.schema.json\n" in text
    assert ("vendor: acme\n" in text, "name: Acme\n" in text) == (True, True)
    assert "origin: https://api.acme.example\n" in text


def test_a_mistake_is_said_and_nothing_is_written_over(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    call("vendor", "new", "acme")
    path = tmp_path / "acme.yaml"
    path.write_text(path.read_text("utf-8").replace("{offset}", "{ofset}"), "utf-8")
    said = call("vendor", "check", "acme.yaml")
    started = call("up", "--vendor", "acme.yaml")

    assert said.returncode == 1
    assert "list.parameters: unknown placeholder 'ofset'; did you mean 'offset'?" in said.stdout
    assert (started.returncode, "did you mean 'offset'?" in started.stderr) == (2, True)
    for words, told in (
        (("new", "acme"), "cannot write acme.yaml: it is there already; --force writes over it"),
        (("new", "My CRM"), "a vendor's name has up to 64 letters a to z"),
        (("new", "a" * 65), "a vendor's name has up to 64 letters a to z"),
        (("new", "a" * 300), "a vendor's name has up to 64 letters a to z"),
        (("new", "sink"), "the stack calls something of its own sink"),
        (("new", "insightly"), "the stack calls something of its own insightly"),
        (("check", "acmee"), "unknown vendor 'acmee'"),
        (("check", "none.yaml"), "the file cannot be read"),
    ):
        refused = call("vendor", *words)
        assert (refused.returncode > 0, told in (refused.stdout + refused.stderr)) == (True, True), (
            refused.stdout + refused.stderr
        )


def test_check_and_up_say_the_same_of_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    call("vendor", "new", "acme")
    path = tmp_path / "acme.yaml"
    wrong = (
        path.read_text("utf-8")
        .replace("vendor: acme", "vendor: insightly")
        .replace("by: offset", "by: ofset")
    )
    path.write_text(wrong.replace("path: /v1/{resource}", "path: /_local/{resource}", 1), "utf-8")

    mistakes = json.loads(call("vendor", "check", "acme.yaml", "--json").stdout)["mistakes"]
    started = call("up", "--vendor", "acme.yaml")

    assert [each.split(": ")[1] for each in mistakes] == ["vendor", "list.path", "list.paging.by"]
    assert started.returncode == 2
    assert "\n".join(mistakes) in started.stderr


def test_the_shipped_ones_are_listed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    listed = json.loads(call("vendor", "list", "--json").stdout)["vendors"]

    assert [each["name"] for each in listed] == [*shipped()]
    assert len(call("vendor", "list").stdout.splitlines()) == max(len(listed), 1)


def test_a_vendor_has_none_of_the_names_by_which_the_stack_is_called(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    call("vendor", "new", "acme")
    text = (tmp_path / "acme.yaml").read_text("utf-8")
    for origin in ("https://build7", "http://BUILD7:4700", "https://build7."):
        (tmp_path / "acme.yaml").write_text(text.replace("https://api.acme.example", origin), "utf-8")
        by_name = {"ELEMENTS_LOCAL_SERVED_AS": "build7,other"}
        for done, status in (
            (call("vendor", "check", "acme.yaml", **by_name), 1),
            (call("up", "--vendor", "acme.yaml", "--served-as", "build7"), 2),
            (call("up", "--vendor", "acme.yaml", "--host", "build7"), 2),
        ):
            told = "acme.yaml:11:1: origin: expected the vendor's own host; the stack is called build7"
            assert (done.returncode, told in done.stdout + done.stderr) == (status, True), done
        assert call("vendor", "check", "acme.yaml").returncode == 0
