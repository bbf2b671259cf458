"""Two hours of a simulated day, and planted defects: each kind of finding is found, and what fails is shrunk to a few actions."""

import json
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import timedelta

import act
import pytest
import run
from count import Evidence, judge
from plan import START, actions_of, settings_of
from story import Deed

from elements_local.kit.api.json_text import encode
from elements_local.kit.http_message import Http

SEED = 359
HOUR_SEED = 18


@pytest.fixture(scope="module")
def day():
    return act.run(actions_of(SEED, 2), settings_of(SEED), seed=SEED)


def test_two_hours_leave_nothing_unexplained(day):
    assert day.findings == []
    assert {verdict.partition(":")[0] for verdict in day.count} == {
        "reported",
        "late",
        "misclassified",
        "lost",
    }


def test_the_same_seed_is_the_same_to_the_byte_whatever_was_sent(day):
    assert act.run(actions_of(SEED, 2), settings_of(SEED), seed=SEED).judged == day.judged


def callback(recorded):
    """Return a callback that tells of a record, was the only attempt, and was taken."""
    numbers = [one["headers"]["Elements-Webhook-Id"] for one in recorded]
    return next(
        one
        for one, number in zip(recorded, numbers, strict=True)
        if one["json"]["message"].get("events") and numbers.count(number) == 1 and one["status"] == 200
    )


def removed(recorded):
    recorded.remove(callback(recorded))


def doubled(recorded):
    recorded.append(deepcopy(callback(recorded)))


def misnamed(recorded):
    (event, *_) = callback(recorded)["json"]["message"]["events"]
    event["eventType"] = "CREATED" if event["eventType"] == "UPDATED" else "UPDATED"


def of_somebody_else(recorded):
    callback(recorded)["json"]["message"]["instanceId"] = 1


def about_another_record(recorded):
    callback(recorded)["json"]["message"]["events"][0]["objectId"] = "1"


def without_its_record(recorded):
    raw = callback(recorded)["json"]["message"]["raw"]
    raw[raw["objectType"]].clear()


def a_minute_late(recorded):
    one = callback(recorded)
    one["received_at"] = one["received_at"][:-3] + "59Z"


def unsigned(recorded):
    callback(recorded)["signature"] = "absent"


def answered_otherwise(recorded):
    callback(recorded)["status"] = 503


@pytest.mark.parametrize(
    ("plant", "kind"),
    [
        (removed, "lost"),
        (doubled, "duplicate"),
        (misnamed, "misclassified"),
        (of_somebody_else, "foreign"),
        (about_another_record, "unexplained"),
        (without_its_record, "unexplained"),
        (a_minute_late, "timing"),
        (unsigned, "signature"),
        (answered_otherwise, "receiver"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
def test_what_is_wrong_with_one_callback_is_found(day, plant, kind):
    evidence = day.judged["a"].evidence
    recorded = deepcopy(list(evidence.recorded))
    plant(recorded)

    assert kind in {finding.kind for finding in judge(replace(evidence, recorded=recorded)).findings}


@pytest.mark.parametrize("verdict", ["reported", "misclassified"])
def test_an_audit_that_says_something_else_is_found(day, verdict):
    evidence = day.judged["a"].evidence
    audits = deepcopy(dict(evidence.audits))
    audit = next(one for one in audits.values() if one[verdict])
    audit["late"].append(audit[verdict].pop())

    assert {finding.kind for finding in judge(replace(evidence, audits=audits)).findings} == {"audit"}


def deed(do, began, ended, *, logged=0, **facts):
    return Deed(do=do, began=began, ended=ended, logged=logged, heard=0, facts=facts)


@pytest.mark.parametrize(
    ("keep_ties", "counted", "kinds"),
    [("true", "lost: changed in the second of a poll", []), ("false", "lost: unexplained", ["lost"])],
)
def test_a_change_that_no_poll_told_of_is_found_unless_a_rule_says_why(keep_ties, counted, kinds):
    """Where ties are not kept, nothing that a client writes is dated in the second of a poll."""
    polled = {"events": True, "interval": 15, "path": "", "key": "", "resources": {"contacts": {}}}
    tied = (START + timedelta(minutes=15)).isoformat()
    evidence = Evidence(
        workspace="a",
        settings={"ELEMENTS_LOCAL_KEEP_TIES": keep_ties},
        story=[
            deed("make", 0, 0, instance=7, configuration=polled),
            deed("advance", 0, 900),
            deed("create", 900, 900, logged=1),
            deed("advance", 900, 1800, logged=1),
        ],
        log=[
            {"resource": "Contacts", "recordId": "1", "change": "CREATED"}
            | dict.fromkeys(("at", "created", "updated"), tied)
        ],
        recorded=[],
        audits={},
    )

    judgement = judge(evidence)

    assert judgement.count == {counted: 1}
    assert [finding.kind for finding in judgement.findings] == kinds


@dataclass(frozen=True)
class Tampering:
    """Calls of the plan, the answers to some of which are changed on the way."""

    http: Http
    path: str
    tamper: object

    def send(self, method, url, *, headers=None, body=b""):
        reply = self.http.send(method, url, headers=headers, body=body)
        return replace(reply, **self.tamper(reply)) if self.path in url else reply


def test_an_answer_5xx_is_found():
    fails = act.run(
        actions_of(SEED, 1),
        settings_of(SEED),
        wire=lambda http: Tampering(http, "/v3.1/", lambda _: {"status": 500}),
    )

    assert {finding.kind for finding in fails.findings} == {"error"}


def test_a_restart_that_changes_something_is_found():
    answers = []

    def once_more(reply):
        answers.append(reply)
        return {"body": encode({"answer": len(answers)})}

    fails = act.run(
        [{"at": 0, "in": "a", "do": "restart"}],
        {},
        wire=lambda http: Tampering(http, "/_local/health", once_more),
    )

    assert {finding.kind for finding in fails.findings} == {"restart"}


def some_of_an_hour():
    """Return what happens in one workspace, but what takes long."""
    return [
        action
        for action in actions_of(HOUR_SEED, 1)
        if action.get("in") == "a" and action["do"] not in {"restart", "burst", "bulk", "same"}
    ]


def test_what_a_stack_loses_is_kept_as_a_list_that_fails_again(tmp_path, capsys):
    swallow = {"at": 0, "in": "a", "do": "swallow", "times": 1}
    plan = {**run.of_seed(HOUR_SEED, 1), "actions": [swallow, *some_of_an_hour()]}

    report = run.performed(plan, keep=tmp_path)

    assert "lost" in {finding["kind"] for finding in report["findings"]}
    assert len(json.loads((tmp_path / f"seed-{HOUR_SEED}.json").read_text())["actions"]) < 6
    assert run.main(["--plan", report["kept"], "--no-shrink", "--json"]) == 1
    (again,) = json.loads(capsys.readouterr().out)
    assert any("no callback at" in finding["what"] for finding in again["findings"])
