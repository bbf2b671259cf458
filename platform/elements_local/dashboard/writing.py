"""How pages write instants, durations and JSON: each in one way, wherever it comes from."""

import re
from datetime import datetime, timedelta

from markupsafe import Markup, escape

_INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d(?:\.\d{1,3})?)\d*(?:Z|\+00:00)(?!\w)")
_WRITTEN = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?")
_SECONDS = re.compile(r"(?<![\d.:-])(\d{2,}) s(?!\w)")
_UNITS = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))
_TOKEN = re.compile(
    r'(?P<text>"[^"\\]*(?:\\.[^"\\]*)*")(?P<colon>\s*:)?|(?P<word>\b(?:true|false|null)\b|-?\b\d[\d.eE+-]*)'
)


def instant_text(value: str | datetime) -> str:
    """Write an instant, or those in a text, so that it is read at a glance: the zone, UTC, is said once on each page.

    Nothing finer than a millisecond is.

    >>> instant_text("answered at 2026-03-02T10:00:00.123456Z"), instant_text(datetime(2026, 3, 2, 10))
    ('answered at 2026-03-02 10:00:00.123', '2026-03-02 10:00:00')
    """
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    return _INSTANT.sub(r"\1 \2", value)


def span_text(length: timedelta | float) -> str:
    """Write how long something takes, as a length or in seconds, by its two largest units.

    >>> [span_text(seconds) for seconds in (0.0018, 0.25, 1.5, 90, 18000, 90061)]
    ['1.8 ms', '250 ms', '1.5 s', '1 min 30 s', '5 h', '1 d 1 h']
    """
    seconds = length.total_seconds() if isinstance(length, timedelta) else length
    if seconds < 10:
        number, unit = (seconds * 1000, "ms") if 0 < seconds < 1 else (seconds, "s")
        return f"{round(number, 1 if number < 10 else None):g} {unit}"
    whole = int(seconds)
    largest = next(place for place, (size, _) in enumerate(_UNITS) if whole >= size)
    (size, unit), (next_size, next_unit) = (*_UNITS, (1, ""))[largest : largest + 2]
    rest = whole % size // next_size
    return f"{whole // size} {unit}" + (f" {rest} {next_unit}" if rest else "")


def sentence_text(text: str) -> str:
    """Write a sentence of a service with its instants and durations as pages write them.

    >>> sentence_text("it came 18000 s after 2026-03-02T10:00:00Z")
    'it came 5 h after 2026-03-02 10:00:00'
    """
    return _SECONDS.sub(lambda found: span_text(int(found[1])), instant_text(text))


def sentence(text: str) -> Markup:
    """Return a sentence as HTML in which no line is broken within an instant.

    >>> print(sentence("<b> at 2026-03-02T10:00:00Z"))
    &lt;b&gt; at <span class="time">2026-03-02 10:00:00</span>
    """
    escaped = str(escape(sentence_text(text)))
    return Markup(_WRITTEN.sub(r'<span class="time">\g<0></span>', escaped))  # noqa: S704 - escaped above


def coloured(text: str) -> Markup:
    """Return JSON, of which the end may be missing, with each of its words in the colour of its kind; other text as it is."""
    if text.lstrip()[:1] not in {"{", "["}:
        return escape(text)
    parts: list[str] = []
    last = 0
    for found in _TOKEN.finditer(text):
        kind = "key" if found["colon"] else found.lastgroup
        parts += [escape(text[last : found.start()]), Markup('<span class="{}">').format(f"json-{kind}")]
        parts += [escape(found["text"] or found["word"]), Markup("</span>"), found["colon"] or ""]
        last = found.end()
    return Markup().join([*parts, escape(text[last:])])
