"""``/_local/journal/calls``: what was asked from outside, admin calls included, and nothing else."""

from elements_local.kit.traffic.calls import CALLER_HEADER, LARGEST_KEPT_BODY, InternalHttp
from elements_local.kit.web.in_process import InProcess


def calls(service, query="", **given):
    return service.shown(f"/_local/journal/calls{query}", **given)["calls"]


def test_calls_are_shown_oldest_first_with_all_that_is_needed_to_do_them_again(service):
    service.send("PUT", "/echo?a=b", json={"password": "hidden", "a": 1}, headers={"X-A": "b"})
    service.send("GET", "/nowhere")

    first, second = calls(service)

    assert {key: first[key] for key in ("at", "method", "target", "body", "size", "status", "fault", "reply")} == {
        "at": "2026-03-02T10:00:00Z",
        "method": "PUT",
        "target": "/echo?a=b",
        "body": '{"password":"********","a":1}',
        "size": 27,
        "status": 200,
        "fault": False,
        "reply": '{"password":"********","a":1}',
    }  # fmt: skip
    assert first["headers"]["X-A"] == "b"
    assert first["reply_headers"]["Content-Type"] == "application/json"
    assert first["began"] < first["number"] < second["began"] < second["number"]
    assert second["status"] == 404


def test_a_call_that_names_a_service_is_not_from_outside(service):
    http = InProcess({"http://127.0.0.1:4709": service.app})
    InternalHttp(http, "platform").send("POST", "http://127.0.0.1:4709/things")

    assert calls(service) == []
    (kept,) = service.shown("/_local/journal")["exchanges"]
    assert kept["request"]["headers"][CALLER_HEADER] == "platform"


def test_admin_calls_that_change_something_are_among_them_and_not_in_the_journal(service):
    service.script({"effect": {"status": 503}, "when": {"first_n": 1}})
    service.send("GET", "/_local/faults")
    service.send("POST", "/things")
    service.send("DELETE", "/_local/faults")

    assert [(one["method"], one["target"], one["fault"]) for one in calls(service)] == [
        ("PUT", "/_local/faults", False),
        ("POST", "/things", True),
        ("DELETE", "/_local/faults", False),
    ]
    assert service.shown("/_local/journal")["count"] == 1


def test_an_admin_call_is_kept_in_the_workspace_that_it_means(service):
    other = service.another("other")

    service.script(workspace=other)

    assert calls(service) == []
    assert [one["target"] for one in calls(service, workspace=other)] == ["/_local/faults"]


def test_a_reset_forgets_what_was_asked_and_is_the_first_call_after_it(service):
    service.send("POST", "/things")

    service.send("POST", "/_local/reset")

    shown = service.shown("/_local/journal/calls")
    assert shown["resets"] == 1
    assert [one["target"] for one in shown["calls"]] == ["/_local/reset"]


def test_a_body_is_kept_up_to_a_length_that_is_told(service):
    body = b'"' + b"x" * (LARGEST_KEPT_BODY + 8) + b'"'

    service.send("PUT", "/echo", body=body)

    (kept,) = calls(service)
    assert (len(kept["body"]), kept["size"]) == (LARGEST_KEPT_BODY, len(body))
    assert len(kept["reply"]) == LARGEST_KEPT_BODY


def test_calls_with_long_bodies_come_on_several_pages_that_lead_to_one_another(service):
    for number in range(20):
        service.send("PUT", f"/echo?{number}", body=b'"%s"' % (b"x" * LARGEST_KEPT_BODY))

    page = service.shown("/_local/journal/calls?limit=1000")
    pages = [page]
    while page["next"]:
        page = service.shown(page["next"])
        pages.append(page)

    assert [one["target"] for page in pages for one in page["calls"]] == [f"/echo?{n}" for n in range(20)]
    assert (len(pages) > 1, {page["total"] for page in pages}) == (True, {20})
    assert "limit=1000" in pages[0]["next"]
