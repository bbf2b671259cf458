"""What a watch makes of the pages of a journal: nothing is lost, and what was forgotten is not passed over."""

from collections.abc import Sequence
from typing import Any

import pytest
from each_row import each_row

from elements_local.scenarios.recording import RecordingError
from elements_local.scenarios.recording.watch import _Journal


class FakeClient:
    """Answers with one page after the other, and notes what was asked."""

    def __init__(self, *pages: dict[str, Any]) -> None:
        self.pages = list(pages)
        self.asked: list[str] = []

    def call(self, _method: str, path: str) -> dict[str, Any]:
        self.asked.append(path.partition("after=")[2].partition("&")[0])
        return self.pages.pop(0)


def page(
    *numbers: int, last: int | None = None, resets: int = 0, pruned: int = 0, goes_on: bool = False
) -> dict[str, Any]:
    return {
        "next": f"/_local/journal/calls?after={numbers[-1]}" if goes_on else None,
        "resets": resets,
        "last": numbers[-1] if last is None else last,
        "pruned": pruned,
        "prunedReads": 0,
        "calls": [shown(number) for number in numbers],
    }


def shown(number: int) -> dict[str, Any]:
    return {
        "began": number,
        "number": number,
        "at": "2026-03-02T10:00:00Z",
        "answered_at": "2026-03-02T10:00:00Z",
        "method": "POST",
        "target": "/x",
        "headers": {},
        "body": "",
        "size": 0,
        "status": 200,
        "fault": False,
        "reply_headers": {},
        "reply": "",
    }


def looks(*pages: dict[str, Any], times: int) -> tuple[Any, FakeClient, Sequence[bool]]:
    client = FakeClient(*pages)
    journal = _Journal(client, "crm")  # type: ignore[arg-type]  # all that it does with a client
    return journal, client, [journal.look() for _ in range(times)]


def test_each_look_goes_on_where_the_one_before_ended():
    journal, client, news = looks(page(1, 3), page(last=3), page(8), times=3)

    assert [one.began for one in journal.calls] == [1, 3, 8]
    assert (client.asked, news) == (["0", "3", "3"], [True, False, True])


def test_a_page_that_leads_to_another_is_followed_by_it():
    journal, client, _ = looks(page(1, 2, last=3, goes_on=True), page(3), times=1)

    assert len(journal.calls) == 3
    assert client.asked == ["0", "2"]


@each_row("anew", {"a reset": page(9, resets=1), "a stack that was started anew": page(2)})
def test_what_began_anew_is_read_from_the_start(anew):
    journal, client, _ = looks(page(5), anew, anew, times=2)

    assert journal.was_reset
    assert [one.began for one in journal.calls] == [anew["calls"][0]["began"]]
    assert client.asked == ["0", "5", "0"]


def test_a_reset_before_the_first_look_is_none():
    journal, _, _ = looks(page(5, resets=3), times=1)

    assert not journal.was_reset


def test_what_was_seen_before_it_had_to_go_is_no_loss():
    journal, _, _ = looks(page(1, 2), page(3, pruned=2), times=2)

    assert [one.began for one in journal.calls] == [1, 2, 3]


def test_what_had_to_go_unseen_is_said():
    with pytest.raises(RecordingError, match="the crm was asked so much that it has forgotten the beginning"):
        looks(page(1), page(9, pruned=4), times=2)


@each_row("processes", [("here-1", "here-2"), ("here-1", "here-1", "there-1")])
def test_calls_that_several_processes_remember_are_in_no_order(processes: tuple[str, ...]) -> None:
    pages = [page(number, goes_on=True) | {"process": name} for number, name in enumerate(processes, 1)]

    with pytest.raises(RecordingError, match="kept by several processes, so their order is not known"):
        looks(*pages, times=1)
