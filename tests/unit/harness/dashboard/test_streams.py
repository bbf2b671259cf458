"""Live updates, look by look."""

from elements_local.dashboard.context import Notice, Notices
from elements_local.dashboard.routes.live import change_events
from elements_local.errors import HarnessError


class Looks:
    """A stack that ends after so many looks."""

    def __init__(self, looks):
        self.left = looks

    def wait(self, _seconds):
        self.left -= 1
        return self.left < 0


def events(*states, gone=lambda: False):
    """Return what is written while the state goes through these."""
    shown = iter(states)

    def state():
        value = next(shown)
        if isinstance(value, Exception):
            raise value
        return value

    looks = Looks(len(states) - 1)
    return b"".join(change_events(state, known="", closing=looks, gone=gone))


def test_a_change_is_told_once_however_much_it_was():
    assert events("a", "a", "b", "b").count(b"event: changed") == 1


def test_a_stack_that_does_not_answer_is_a_change_too():
    assert events("a", HarnessError("gone"), "a").count(b"event: changed") == 2


def test_after_a_long_silence_something_is_said():
    assert b": nothing yet" in events(*"a" * 25)


def test_who_hung_up_is_written_nothing_more():
    assert events("a", "b", "c", gone=lambda: True).count(b"event:") == 0


def test_notices_that_nobody_fetches_do_not_pile_up():
    notices = Notices()
    names = [notices.add(Notice(text=str(number))) for number in range(150)]

    assert notices.take(names[0]) is None
    assert notices.take(names[-1]) == Notice(text="149")
    assert notices.take(names[-1]) is None
