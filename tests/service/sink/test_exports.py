"""``/_local/callbacks.har``: whatever came is a valid archive."""

import json
from pathlib import Path

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


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=examples(10), deadline=None
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
