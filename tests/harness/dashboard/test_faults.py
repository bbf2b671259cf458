"""Faults of a service, switched on and off by pages alone."""

import json

import pytest

from elements_local.dashboard.routes.faults import PRESETS, presets_of


def faults(clients, service="crm"):
    whose = f"?workspace={clients.credentials.name}" if service == "sink" else ""
    return getattr(clients, service).call("GET", f"/_local/faults{whose}")["faults"]


def test_a_fault_is_switched_on_strikes_and_is_switched_off(visitor, at, clients):
    page = visitor.send(visitor.open(f"{at}faults/"), "/faults/crm", on="500")
    assert clients.crm.send("GET", "/v3.1/Contacts").status == 500
    assert "It is switched on: 1 fault of the crm." in page.words

    shown = visitor.open(f"{at}faults/")
    assert "Every request is answered 500 1 seen, 1 struck" in shown.words
    visitor.send(shown, "/faults/crm", ("off", "0"))
    assert clients.crm.send("GET", "/v3.1/Contacts").status == 200


def test_a_second_one_leaves_the_first(visitor, at, clients):
    page = visitor.send(visitor.open(f"{at}faults/"), "/faults/crm", on="slow")
    page = visitor.send(page, "/faults/crm", on="index-lag")
    visitor.send(page, "/faults/crm", ("off", "0"))

    assert [each["effect"] for each in faults(clients)] == [{"index_lag_s": 30.0}]


@pytest.mark.parametrize(
    ("service", "name"),
    [(service, each.name) for service in ("platform", "crm", "sink") for each in presets_of(service)],
)
def test_every_preset_is_taken(visitor, at, clients, service, name):
    page = visitor.send(visitor.open(f"{at}faults/"), f"/faults/{service}", on=name)

    assert "✗" not in page.words.partition("Faults Platform")[0]
    assert len(faults(clients, service)) == 1


def test_presets_have_names_of_their_own():
    assert len({each.name for each in PRESETS}) == len(PRESETS)


def test_rules_are_written_as_json(visitor, at, clients):
    rules = [{"match": {"path": "/v3.1/*"}, "effect": {"status": 418}}]

    visitor.send(visitor.open(f"{at}faults/"), "/faults/crm", rules=json.dumps(rules))

    assert [each["effect"] for each in faults(clients)] == [{"status": 418}]


@pytest.mark.parametrize(
    "rules",
    [
        "{",
        "[5]",
        '[{"effect": {}}]',
        '[{"effect": {"statuz": 5}}]',
        '"<script>alert(1)</script>"',
        "{" * 3000,
    ],
)
def test_rules_that_are_none_come_back_with_the_reason(visitor, at, clients, rules):
    visitor.send(visitor.open(f"{at}faults/"), "/faults/crm", on="slow")

    page = visitor.send(visitor.open(f"{at}faults/"), "/faults/crm", rules=rules)

    assert (page.status, page.filled_in("/faults/crm")["rules"]) == (400, rules)
    assert len(faults(clients)) == 1
    assert "<script>alert" not in page.html


@pytest.mark.parametrize("service", ["nobody", "%2e%2e", "crm%00"])
def test_a_service_that_there_is_not_has_no_faults(visitor, at, service):
    page = visitor.open(f"{at}faults/")
    (form, *_) = [form for form in page.forms if form.action.endswith("/faults/sink")]
    form.action = f"{at}faults/{service}"

    assert visitor.send(page, form.action).status in {400, 404, 405}
