"""Letters of a date pattern that are good Java, and hardly ever what is meant."""

import re

_RUN = re.compile(r"'[^']*'|([A-Za-z])\1*|[^A-Za-z']+")
_HOURS = "HhKk"
_WIDEST_NUMBER = 2
"""Letters of a month that is written in digits; a wider run is its name."""


def corrected(pattern: str) -> str:
    """Return a pattern with its letters as they must be meant; the same if there is nothing to object to.

    Source: java.text.SimpleDateFormat (documented): m is minutes and M months, H counts hours to 23 and h to 12, d is a day of
        the month and D of the year, y is the year and u a weekday's number, s is seconds and S milliseconds.

    >>> corrected("yyyy-mm-DD hh:MM:SS"), corrected("dd MMM yyyy hh:mm:ss a")
    ('yyyy-MM-dd HH:mm:ss', 'dd MMM yyyy hh:mm:ss a')
    """
    runs = [found[0] for found in _RUN.finditer(pattern)]
    letters = [(at, run) for at, run in enumerate(runs) if run[0].isalpha()]
    names = {run[0] for _, run in letters}
    for nth, (at, run) in enumerate(letters):
        before = letters[nth - 1][1][0] if nth else ""
        after = letters[nth + 1][1][0] if nth + 1 < len(letters) else ""
        meant = _meant(run, before, after, names)
        runs[at] = meant * len(run)
    return "".join(runs)


def _meant(run: str, before: str, after: str, names: set[str]) -> str:
    """Return the letter that a run must be meant to have, by those beside it and all that there are."""
    letter = run[0]
    in_time = (before != "" and before in _HOURS) or after in {"s", "S"}
    swaps = (
        (letter in "mM" and in_time, "m"),
        (letter == "m" and (before in {"y", "d"} or after in {"y", "d"}), "M"),
        (letter in "hK" and "a" not in names, "H"),
        (letter == "D" and "d" not in names and bool({"M", "m"} & names), "d"),
        (letter == "u" and "y" not in names, "y"),
        (letter == "S" and "s" not in names and before in {"m", "M"} and len(run) <= _WIDEST_NUMBER, "s"),
    )
    return next((meant for applies, meant in swaps if applies and not _is_name(run)), letter)


def _is_name(run: str) -> bool:
    return run[0] == "M" and len(run) > _WIDEST_NUMBER
