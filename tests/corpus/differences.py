"""What differs between two answers to one call, said by kind and place."""

import difflib
import json
import re
from base64 import b64encode
from urllib.parse import quote

from msgspec import Struct

VOLATILE = re.compile(
    r"\b[0-9a-f]{16}00[0-9a-f]{6}\b|(?<=stream\?known=)[\w:.-]+|(?<=>took )[\d.]+ m?s|(?<=duration_us&#34;: )\d+"
    r'|(?<="form_token" value=")\w+'
)
"""What is no answer's own: ids of requests, how far the pages have seen, how long something took on the machine, a run's token."""

NAMED = re.compile(r'(?<=[?&]notice=)[\w-]+|(?<="form_token" value=")\w+')
"""What is drawn for one page or one run alone, and may be sent later."""

COUNTED = {
    "/_local/journal/calls": {"began", "number", "last", "resets"},
    "/_local/activity": {"number", "last"},
}
"""Keys of routes that count the calls of a whole process."""

MEASURED = {"duration_us"}
"""Keys that have the machine's time."""

OPAQUE = re.compile(r"(?=.*[0-9])(?!\d{4}-\d\d-\d\d)[A-Za-z0-9+/=_-]{5,}")
"""What an id, a token or a secret looks like."""

WORD = re.compile(r"[A-Za-z0-9_-]+")
LITERAL = re.compile(r"""'[^']*'|"[^"]*"|`[^`]*`|[A-Za-z_-]*[0-9][\w.:+-]*|\w+(?:[./]\w+)+|\b[A-Z_]{2,}\b""")
SHOWN = 300


class Difference(Struct, frozen=True, kw_only=True):
    """Attributes:
    kind: status, header, key missing, key added, value, type, sentence, length, key order, format or text.
    place: the header's name, or the keys that lead there.
    """

    route: str
    kind: str
    place: str = ""
    old: str = ""
    new: str = ""
    sequence: str = ""
    number: int = 0

    @property
    def group(self):
        """What those have in common that are shown as one."""
        said = LITERAL.sub("…", self.old) if self.kind == "sentence" else ""
        return self.route, self.kind, self.place, said


class Renames:
    """Ids, tokens and secrets that a replay has drawn anew: old -> new.

    They are values that an answer has, and later requests, but none before.

    Args:
        requests: of the whole sequence, as texts.

    Attributes:
        number: of the request that was made last.
    """

    def __init__(self, requests=()):
        self.number = 0
        self._requests = requests
        self._new = {}
        self._pattern = None

    def __bool__(self):
        return bool(self._new)

    @classmethod
    def of(cls, names):
        """Return what has these names for others from the start."""
        renames = cls()
        renames.add(names)
        return renames

    def add(self, names):
        """Have these names for others from now on."""
        for old, new in names.items():
            self._new |= dict(zip(_forms(old), _forms(new), strict=True))
        self._pattern = _delimited(self._new)

    def take(self, old, new, *, drawn=False) -> bool:
        """Whether a value may be another one in a replay; it is, from then on.

        Args:
            drawn: it is an id or the like, whatever it looks like.
        """
        old, new = str(old), str(new)
        if self._new.get(old) == new:
            return True
        if old in self._new or not (drawn or (OPAQUE.fullmatch(old) and OPAQUE.fullmatch(new))):
            return False
        pattern = _delimited(_forms(old))
        if any(map(pattern.search, self._requests[: self.number + 1])):
            return False
        if not any(map(pattern.search, self._requests[self.number + 1 :])):
            return False
        self.add({old: new})
        return True

    def apply(self, text: str) -> str:
        """Return a text with the new values."""
        return self._pattern.sub(lambda found: self._new[found[0]], text) if self._pattern else text

    def back(self, text: str) -> str:
        """Return a text of the replay with the old values."""
        old = {new: old for old, new in self._new.items()}
        return _delimited(old).sub(lambda found: old[found[0]], text) if old else text


def _forms(value: str):
    """Return a value as it stands in requests: by itself, in a URL, and as what base64 makes of it, also as a user name."""
    packed = (b64encode(text.encode()).decode() for text in (value, f"{value}:"))
    return (value, quote(value, safe=""), *packed)


def _delimited(values):
    longest_first = sorted(values, key=len, reverse=True)
    return re.compile(rf"(?<![A-Za-z0-9])(?:{'|'.join(map(re.escape, longest_first))})(?![A-Za-z0-9])")


class Comparison:
    """Holds what is answered against what was.

    Args:
        renames: grows by what the answer shows.
    """

    def __init__(self, route, renames):
        self._route = route
        self._renames = renames
        self._pardoned = False
        self.found = []

    def of(self, old, new):
        """Return the differences of two answers."""
        if old == new:
            return []
        if old.status != new.status:
            self._note("status", "", old.status, new.status)
        self._headers(old.headers, new.headers)
        self.of_bodies(old.body, new.body)
        return self.found

    def of_bodies(self, old, new):
        """Return what has been found so far, and the differences of two bodies."""
        if old != new:
            self._bodies(old, new)
        return self.found

    def _note(self, kind, place, old, new):
        self.found.append(
            Difference(route=self._route, kind=kind, place=place, old=_shown(old), new=_shown(new))
        )

    def _headers(self, old, new):
        before, after = _by_name(old), _by_name(new)
        for name in sorted(before.keys() | after.keys()):
            one, other = before.get(name), after.get(name)
            if one != other and (one is None or other is None or not self._same_text(one, other)):
                self._note("header", name, one, other)

    def _bodies(self, old, new):
        before, after = _json(old), _json(new)
        if before is None or after is None:
            self._texts(old.text or repr(old.raw), new.text or repr(new.raw))
            return
        found = len(self.found)
        self._values("", before[0], after[0])
        if len(self.found) == found and not self._pardoned:
            self._note("format", "", *_where_apart(old.text, new.text))

    def _values(self, place, old, new):
        if type(old) is not type(new):
            self._note("type", place, old, new)
        elif isinstance(old, dict):
            self._objects(place, old, new)
        elif isinstance(old, list):
            if len(old) != len(new):
                self._note("length", place, f"{len(old)}: {_shown(old)}", f"{len(new)}: {_shown(new)}")
            for one, other in zip(old, new, strict=False):
                self._values(f"{place}[]", one, other)
        elif old != new and not self._same(place, old, new):
            is_sentence = isinstance(old, str) and " " in old.strip() and " " in new.strip()
            self._note("sentence" if is_sentence else "value", place, old, new)

    def _objects(self, place, old, new):
        for key in old:
            if key not in new:
                self._note("key missing", f"{place}.{self._key(key)}", old[key], None)
        for key in new:
            if key not in old:
                self._note("key added", f"{place}.{self._key(key)}", None, new[key])
        if old.keys() == new.keys() and list(old) != list(new):
            self._note("key order", place, list(old), list(new))
        for key in old:
            if key in new:
                self._values(f"{place}.{self._key(key)}", old[key], new[key])

    def _key(self, key):
        return "…" if OPAQUE.fullmatch(key) else key

    def _same(self, place, old, new):
        if isinstance(old, str):
            return self._same_text(old, new)
        if isinstance(old, bool | float):
            return False
        path, _, key = self._route.rpartition(" ")[2], *place.rpartition(".")[1:]
        if key in MEASURED:
            return self._pardon(True)
        is_counted = key in COUNTED.get(path, ())
        return self._pardon(self._renames.take(old, new, drawn=is_counted and old >= 1000) or is_counted)

    def _same_text(self, old, new):
        for one, other in zip(NAMED.findall(old), NAMED.findall(new), strict=False):
            self._renames.take(one, other, drawn=True)
        old, new = VOLATILE.sub("…", self._renames.apply(old)), VOLATILE.sub("…", new)
        if old == new or self._renames.take(old, new):
            return self._pardon(True)
        words, others = WORD.findall(old), WORD.findall(new)
        if WORD.sub("", old) != WORD.sub("", new) or len(words) != len(others):
            return False
        pairs = [(one, other) for one, other in zip(words, others, strict=True) if one != other]
        return self._pardon(all(self._renames.take(one, other) for one, other in pairs))

    def _pardon(self, whether):
        self._pardoned |= whether
        return whether

    def _texts(self, old, new):
        before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
        for tag, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
            one, other = "".join(before[a:b]), "".join(after[c:d])
            if tag != "equal" and not self._same_text(one, other):
                self._note("text", "", *_where_apart(one, other))


def _by_name(headers):
    found = {}
    for written, value in headers:
        name = written.lower()  # servers write them in their own way
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found


def _json(body):
    """Return the value of a JSON body in a tuple, None for other bodies."""
    if not body.text or body.text[0] not in '{["':
        return None
    try:
        return (json.loads(body.text),)
    except (ValueError, RecursionError):
        return None


def _where_apart(old, new):
    """Return two texts from a little before where they differ."""
    apart = next(
        (at for at, (one, other) in enumerate(zip(old, new, strict=False)) if one != other),
        min(len(old), len(new)),
    )
    begin = max(0, apart - 60)
    return old[begin : begin + SHOWN], new[begin : begin + SHOWN]


def _shown(value):
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
