"""The sink's OpenAPI document, and that the sink answers as it says, whatever is sent."""

from contextlib import suppress

import schemathesis
from examples import examples
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from elements_local.kit.api.json_text import decode

CHECKS = [
    not_a_server_error,
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
]
"""Not whether all valid data is accepted: rules such as "only the last may go without times" are in no schema."""


LEFT_OUT = r"^/_local/(callbacks/(wait|stream)|reset|faults)$"
"""What a fuzzed stack is not asked, since that waits or would end its world; all else is in ``tests/whole/test_fuzz.py``."""


def test_whatever_is_sent_the_sink_answers_as_its_document_says(sink):
    document = schemathesis.openapi.from_wsgi("/_local/openapi.json", sink.app)
    described = document.include(path_regex=LEFT_OUT)

    for operation in described.get_all_operations():
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            with suppress(Unsatisfiable):  # there may be nothing that could be sent wrongly
                try_out(operation.ok(), mode)


def try_out(operation, mode):
    @settings(max_examples=examples(2), deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode))
    def answers(case):
        hurry(case)
        case.call_and_validate(checks=CHECKS)

    answers()


def hurry(case):
    """Let nobody wait in real time."""
    asked = case.query if case.path.endswith("/stream") else case.body
    if isinstance(asked, dict) and isinstance(asked.get("timeout_s", 10), int | float):
        asked["timeout_s"] = min(asked.get("timeout_s", 0), 0)


def test_the_document_is_valid(sink):
    document = decode(sink.client.get("/_local/openapi.json").data)

    OpenAPIV31SpecValidator(document).validate()
    assert set(document["paths"]["/{bin}"]) == {"parameters", "get", "post"}


def test_every_route_is_in_the_document(sink):
    paths = decode(sink.client.get("/_local/openapi.json").data)["paths"]
    routes = {
        rule.rule.replace("<int:", "{").replace("<", "{").replace(">", "}")
        for rule in sink.app.url_map.iter_rules()
    }

    assert routes - set(paths) == {"/_local/openapi.json"}
