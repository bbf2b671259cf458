"""``/events/{elementKey}``: whatever providers and pollers send, without credentials."""

from base64 import b64encode

import pytest
from examples import examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from elements_local.clients.workspace_clients import BASE_PATH
from elements_local.kit.api.json_text import encode


def encoded(instance):
    return b64encode(str(instance["id"]).encode()).decode()


@pytest.fixture
def send(stranger):
    """Call ``/events`` as somebody without credentials."""

    def call(path, json=None, method="POST", **given):
        return stranger.send(method, f"{BASE_PATH}/events{path}", json=json, **given)

    return call


@settings(
    deadline=None, max_examples=examples(10), suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    body=st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=8,
    )
)
def test_whatever_json_comes_is_kept_or_refused(instance, send, body):
    for key in ("insightly", "insightlyPolling"):
        reply = send(
            f"/{key}/{encoded(instance)}", body=encode(body), headers={"Content-Type": "application/json"}
        )
        assert reply.status in {200, 400}


@settings(
    deadline=None, max_examples=examples(10), suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    raw=st.binary(),
    kind=st.sampled_from(["application/json", "text/plain", "multipart/form-data; boundary=x", ""]),
)
def test_whatever_bytes_come_are_kept_or_refused(instance, send, raw, kind):
    reply = send(f"/insightly/{encoded(instance)}", body=raw, headers={"Content-Type": kind} if kind else {})

    assert reply.status in {200, 400}
