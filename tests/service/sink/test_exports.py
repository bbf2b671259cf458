"""``/_local/callbacks.json`` and ``.har``: callbacks for other tools, nothing lost and no secret shown."""

import json
from base64 import b64decode
from pathlib import Path

import pytest
from examples import examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft6Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT6

VECTOR = json.loads(
    (Path(__file__).parents[2] / "contract" / "vectors" / "har-1.2.json").read_text(encoding="utf-8")
)
SCHEMAS = [(name, Resource.from_contents(each, DRAFT6)) for name, each in VECTOR["schemas"].items()]
HAR = Draft6Validator(
    VECTOR["schemas"]["har.json"],
    registry=Registry().with_resources(SCHEMAS),
    format_checker=Draft6Validator.FORMAT_CHECKER,
)


def archive(sink, query=""):
    answer = sink.client.get(f"/_local/callbacks.har{query}")
    assert answer.status_code == 200
    HAR.validate(answer.json)
    return answer.json["log"]["entries"]


def test_the_schema_refuses_what_is_no_archive(sink):
    sink.send()
    har = sink.client.get("/_local/callbacks.har").json

    del har["log"]["entries"][0]["request"]["url"]

    assert not HAR.is_valid(har)


def test_a_callback_is_an_entry_of_an_archive(sink):
    sink.answer({"status": 503})
    sink.client.post("/default/x?a=1&b=%20&c", json={"id": "1"}, headers={"X-A": "b"})

    (entry,) = archive(sink)

    request = entry["request"]
    assert entry["startedDateTime"] == "2026-03-02T10:00:00Z"
    assert (request["method"], request["url"]) == ("POST", "http://localhost/default/x?a=1&b=%20&c")
    assert request["queryString"] == [
        {"name": "a", "value": "1"},
        {"name": "b", "value": " "},
        {"name": "c", "value": ""},
    ]
    assert request["postData"] == {"mimeType": "application/json", "text": '{"id": "1"}'}
    assert {"name": "X-A", "value": "b"} in request["headers"]
    assert (entry["response"]["status"], entry["response"]["statusText"]) == (503, "Service Unavailable")
    assert (entry["_id"], entry["_signature"]) == (1, "absent")


@pytest.mark.parametrize("answer", [{"drop": True}, {"half_read": True}, {"status": 299}])
def test_an_entry_without_an_answer_or_a_name_for_it_is_one_too(sink, answer):
    sink.answer(answer)
    sink.send(body=b"xy")

    (entry,) = archive(sink)

    assert entry["response"]["status"] == answer.get("status", 0)
    assert entry["response"]["statusText"] == ""


def test_bytes_that_are_no_text_are_kept_in_both(sink):
    sink.send(body=b"\x00\xff")

    (entry,) = archive(sink)
    exported = sink.client.get("/_local/callbacks.json").json

    assert b64decode(entry["request"]["postData"]["_base64"]) == b"\x00\xff"
    assert b64decode(exported["callbacks"][0]["body_base64"]) == b"\x00\xff"


def test_an_export_has_what_a_listing_has_and_the_bin(sink):
    sink.send("/default", body=b"{}")
    sink.send("/other")

    exported = sink.client.get("/_local/callbacks.json?bin=default").json

    assert exported["version"] == 1
    assert exported["callbacks"] == [{**sink.callbacks()[0], "bin": "default", "body_base64": "e30="}]


@pytest.mark.parametrize("file", ["callbacks.json", "callbacks.har"])
def test_secrets_are_masked(sink, file):
    sink.know("hush-hush")
    sink.send(headers={"Authorization": "Basic YWRhOmJ5cm9u", "Cookie": "session=1234"})

    answer = sink.client.get(f"/_local/{file}")

    assert "YWRh" not in answer.text
    assert "1234" not in answer.text
    assert "hush" not in answer.text
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{file}"'


@pytest.mark.parametrize("file", ["callbacks.json", "callbacks.har"])
def test_an_export_knows_the_search_language(sink, file):
    assert sink.client.get(f"/_local/{file}?json=x").status_code == 400
    assert sink.client.get(f"/_local/{file}?workspace=nobody").status_code == 401


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=examples(30), deadline=None
)
@given(
    path=st.binary(max_size=20),
    query=st.text(alphabet="a=&%20;+\x7f#[]", max_size=20),
    header=st.text(alphabet=st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=20),
    body=st.binary(max_size=50),
)
def test_whatever_came_makes_a_valid_archive(sink, path, query, header, body):
    sink.client.post("/_local/reset")
    sink.client.post(
        "/default",
        data=body,
        environ_overrides={
            "PATH_INFO": "/default/" + path.decode("latin-1"),
            "QUERY_STRING": query,
            "HTTP_X_ODD": header,
        },
    )

    (entry,) = archive(sink)

    assert entry["request"]["bodySize"] == len(body)
