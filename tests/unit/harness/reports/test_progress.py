"""Progress where standard error is no terminal: a line now and then, and none for what is over at once."""

from threading import Event

import pytest
from deadline import DEADLINE_S

from elements_local.stack.reports.progress import announced_if_slow, progress


class Watch:
    """Real time, as far as a test says."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def watch() -> Watch:
    return Watch()


def test_what_is_over_within_a_second_is_not_worth_a_line(
    watch: Watch, capsys: pytest.CaptureFixture[str]
) -> None:
    with progress("seeding", 5, now=watch) as tell:
        for _ in range(5):
            watch.seconds += 0.19
            tell()

    assert capsys.readouterr() == ("", "")


def test_a_line_says_how_much_is_done_and_what_is_done_now(
    watch: Watch, capsys: pytest.CaptureFixture[str]
) -> None:
    with progress("seeding", 5000, now=watch) as tell:
        watch.seconds += 1
        tell(1000, about="leads")

    assert capsys.readouterr() == ("", "seeding: 1000 of 5000 (leads)\n")


@pytest.mark.parametrize("seconds", [0.0005, 1, 3600])
def test_however_long_it_takes_there_are_ten_lines_at_the_most(
    watch: Watch, capsys: pytest.CaptureFixture[str], seconds: float
) -> None:
    with progress("seeding", 1000, now=watch) as tell:
        for _ in range(1000):
            watch.seconds += seconds
            tell()

    lines = capsys.readouterr().err.splitlines()
    assert len(lines) <= 10
    assert len(lines) == (0 if seconds < 1 else 10)


def test_what_is_slow_is_announced_once_and_what_is_over_before_is_not(
    capsys: pytest.CaptureFixture[str],
) -> None:
    pause, said = Event(), ""

    with announced_if_slow("building a wheel", after_s=3600):
        pass
    assert capsys.readouterr() == ("", "")
    with announced_if_slow("building a wheel", after_s=0):
        for _ in range(DEADLINE_S * 100):
            said += capsys.readouterr().err
            if said or pause.wait(0.01):
                break

    assert said == "building a wheel\n"
