"""How much is kept and listed: the notes of it do not drift, and pages end where they get long."""

import pytest
from examples import examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callback_sink import SinkSettings

MIB = 1024 * 1024


def ids(sink, **filters):
    return [each["id"] for each in sink.callbacks(**filters)]


def pruned(sink, **filters):
    return sink.client.get("/_local/callbacks", query_string=filters).json["pruned"]


def test_more_than_are_looked_at_in_one_go_make_room(make_sink):
    sink = make_sink(SinkSettings(bin_bytes=100_000))
    for _ in range(250):
        sink.send(body=b"x")

    sink.send(body=b"x" * 99_990)

    assert ids(sink) == [251]
    assert pruned(sink) == 250


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=examples(6), deadline=None
)
@given(sizes=st.lists(st.integers(0, 3000), max_size=12), data=st.data())
def test_what_is_noted_is_what_is_there(make_sink, sizes, data):
    """However callbacks come and go: the notes are kept beside the callbacks, and must not drift from them."""
    sink = make_sink(SinkSettings(bin_callbacks=4, bin_bytes=5000, workspace_bytes=8000))
    sink.client.post("/_local/reset")
    for size in sizes:
        sink.send(data.draw(st.sampled_from(["/default", "/other"])), body=b"x" * size)
        if data.draw(st.booleans()):
            sink.client.delete(f"/_local/callbacks?bin={data.draw(st.sampled_from(['default', 'other']))}")

    there = sink.callbacks()
    health = sink.client.get("/_local/health").json
    headers = sum(len(name) + len(value) for each in there for name, value in each["headers"].items())
    assert health["callbacks"] == len(there) <= 8
    assert health["bytes"] == sum(each["size"] + len(each["path"]) for each in there) + headers
    assert health["callbacks"] + health["pruned"] <= len(sizes)


@pytest.mark.parametrize(
    ("query", "size", "pages"),
    [
        pytest.param("", 8 * MIB, [2, 1], id="two that fill a page"),
        pytest.param("&q=xx", 8 * MIB - 1, [3], id="barely not"),
    ],
)
def test_a_page_ends_with_the_callback_that_makes_it_long(make_sink, query, size, pages):
    sink = make_sink(SinkSettings(largest_body=9 * MIB))
    for _ in range(3):
        sink.send(body=b"x" * size)

    shown, next_page = [], f"/_local/callbacks?limit=10{query}"
    while next_page:
        page = sink.client.get(next_page).json
        shown.append((page["count"], page["total"]))
        next_page = page["next"]

    assert shown == [(count, 3) for count in pages]
