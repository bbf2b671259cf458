"""What came from outside: how much is kept, how it is paged, and what it shows."""

from datetime import UTC, datetime

from each_row import each_row

from elements_local.kit.http_message import Reply
from elements_local.kit.storage.database import Database
from elements_local.kit.traffic.calls import (
    EFFECT_HEADER,
    KEPT_BYTES_OF_CALLS,
    KEPT_CALLS,
    LARGEST_EFFECT,
    LARGEST_KEPT_BODY,
    PAGE_BYTES,
    CallLog,
    MemoryBudget,
    RecordedCall,
    format_effect,
    pack,
    parse_effect,
    weight_of,
)
from elements_local.kit.traffic.journal import JOURNAL_BYTES
from elements_local.kit.workspaces.registry import Workspaces

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def call(number: int, method: str = "POST", **given: object) -> RecordedCall:
    return RecordedCall(
        **{
            "began": number,
            "number": number,
            "at": NOON,
            "answered_at": NOON,
            "method": method,
            "target": "/contacts",
            "headers": [],
            "body": b"",
            "size": 0,
            "status": 200,
            "fault": False,
            "reply_headers": [],
            "reply": b"",
            **given,
        }
    )


def weight(call: RecordedCall) -> int:
    return weight_of(pack(call))


def calls_of(*made: RecordedCall, most_bytes: int = JOURNAL_BYTES) -> CallLog:
    calls = CallLog(MemoryBudget(most_bytes))
    for one in made:
        calls.add("default", one)
    return calls


def numbers(calls: CallLog, after: int = 0, *, limit: int = 100) -> list[int]:
    return [one.number for one in calls.after("default", after, limit=limit).items]


def test_what_was_answered_late_comes_on_a_later_page_though_it_began_early():
    calls = calls_of(call(2, began=2), call(9, began=1))

    assert [one.began for one in calls.after("default", 2, limit=10).items] == [1]


def test_reads_push_no_change_out():
    calls = calls_of(call(1), *(call(number, "GET") for number in range(2, KEPT_CALLS + 12)))

    found = calls.after("default", 0, limit=1)

    assert [one.number for one in found.items] == [1]
    assert (found.pruned, found.pruned_reads, found.last) == (0, 11, KEPT_CALLS + 11)


def test_reads_are_left_out_where_they_are_not_wanted():
    calls = calls_of(call(1), call(2, "GET"), call(3), call(4, "HEAD"))

    found = calls.after("default", 0, limit=10, reads=False)

    assert ([one.number for one in found.items], found.total, found.last) == ([1, 3], 2, 4)


@each_row(
    ("told", "effect"),
    {
        "an effect": ('{"index_lag_s":60}', {"index_lag_s": 60}),
        "nothing": (None, {}),
        "what is no JSON": ("{", {}),
        "what is no effect": ("[1]", {}),
    },
)
def test_what_an_answer_tells_of_a_fault_is_read_whatever_it_is(told, effect):
    headers = [] if told is None else [(EFFECT_HEADER, told)]

    assert parse_effect(Reply(status=200, header_list=headers)) == effect


@each_row(
    ("effect", "written"),
    {
        "letters beyond ASCII": ({"body": "\u00e9"}, '{"body":"\\u00e9"}'),
        "a long body": ({"status": 200, "body": "x" * LARGEST_EFFECT}, '{"status":200}'),
        "long notes": ({"list_cap": 1, "noted": {"cut": ["1"] * LARGEST_EFFECT}}, '{"list_cap":1}'),
    },
)
def test_an_effect_is_written_as_a_header_may_have_it(effect, written):
    assert format_effect(effect) == written


@each_row(("count", "pruned"), {"room": (KEPT_CALLS, 0), "none": (KEPT_CALLS + 1, 1)})
def test_the_oldest_call_makes_room_and_that_is_told(count, pruned):
    calls = calls_of(*(call(number) for number in range(1, count + 1)))

    assert calls.after("default", 0, limit=1).pruned == pruned


@each_row(
    "part", {"body": {"body": b"x" * LARGEST_KEPT_BODY}, "headers": {"headers": [("X-Long", "x" * 100_000)]}}
)
def test_long_calls_make_room_sooner(part):
    fitting = KEPT_BYTES_OF_CALLS // weight(call(1, **part))

    pruned = [
        calls_of(*(call(n, **part) for n in range(1, count + 1))).after("default", 0, limit=1).pruned
        for count in (fitting, fitting + 1)
    ]

    assert pruned == [0, 1]


def test_what_is_kept_of_one_workspace_never_fills_the_room_of_all():
    """Or reads would push changes out of it."""
    body = b"x" * LARGEST_KEPT_BODY
    calls = calls_of(*(call(n, body=body) for n in range(1, 101)))
    pruned = calls.after("default", 0, limit=1).pruned
    for n in range(101, 401):
        calls.add("default", call(n, "GET", body=body))

    found = calls.after("default", 0, limit=1)
    assert (found.pruned, found.pruned_reads > 0) == (pruned, True)


def test_over_all_workspaces_the_oldest_of_the_heaviest_makes_room():
    body = b"x" * LARGEST_KEPT_BODY
    calls = calls_of(*(call(n, body=body) for n in (1, 2, 3)), most_bytes=4 * weight(call(1, body=body)))
    calls.add("other", call(4, body=body))

    calls.add("other", call(5, body=body))

    assert numbers(calls) == [2, 3]
    assert [calls.after(name, 0, limit=1).pruned for name in ("default", "other")] == [1, 0]


AROUND_A_REPLY = weight(call(1, reply=b"x" * 2**16)) - 2**16


@each_row(
    ("letters", "shown"),
    {
        "two that just fill it": (PAGE_BYTES // 2 - AROUND_A_REPLY, 2),
        "two that do not": (PAGE_BYTES // 2 - AROUND_A_REPLY - 1, 3),
        "one that is longer than a page": (PAGE_BYTES * 2, 1),
    },
)
def test_a_page_ends_with_the_call_that_makes_it_long(letters, shown):
    calls = calls_of(*(call(number, reply=b"x" * letters) for number in (1, 2, 3)))

    found = calls.after("default", 0, limit=100)

    assert [one.number for one in found.items] == [1, 2, 3][:shown]
    assert (found.total, found.cursor is not None) == (3, shown < 3)


@each_row("secret", ["x{crm_api_key}", "{crm_api_key}x", "{another}", "{crm_username}"])
def test_what_only_looks_like_a_name_is_masked(secret):
    shown = call(1, body=b'{"password": "%s"}' % secret.encode()).to_json(Workspaces(Database()).default)

    assert shown["body"] == '{"password": "********"}'
