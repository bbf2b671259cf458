"""Names for what was made, ``contacts/ada`` after its own, and texts in which they stand for ids, addresses and secrets."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain, count
from typing import Any
from unicodedata import normalize
from urllib.parse import quote

from elements_local.clients.records import COLLECTIONS, value_at
from elements_local.clients.workspace_clients import Addresses, Credentials
from elements_local.kit.masks import MASK, OWN
from elements_local.scenarios.scenario_context import escaped

_LONGEST = 30
_RESERVED = frozenset(
    {"workspace", "callback_url", "organization_secret", "user_secret", "crm_username", "crm_api_key"}
)
NOT_RECORDED = "not-recorded"
"""Stands in the place of a secret that is none of the workspace's own."""

CALLBACK_URL = "event.notification.callback.url"
_VENDOR = "https://api.insight.ly"
_SAFE = "/:@!$&'()*+,;=~"
_WORD = re.compile(r"[\w-]+", re.ASCII)
_NUMBER = re.compile(r"(?<![\w.])\d+(?![\w.])", re.ASCII)
_SHORTEST_ID = 4
_OPAQUE_ID = re.compile(r"(?=.*\d)[\w-]{8,}\Z", re.ASCII)
"""A text that is taken for an id, and not for a word that may stand anywhere."""


def word_of(text: object) -> str:
    """Return a word that a text can be known by; empty if it has no letters that could be written anywhere.

    >>> word_of("Zoë O'Hara-Łuk"), word_of("北京"), word_of("{crm_api_key}")
    ('zoe-o-hara-uk', '', '')
    """
    if not isinstance(text, str) or "{" in text:
        return ""
    plain = normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:_LONGEST].strip("-")


class Namer:
    """Gives each thing a name of its own."""

    def __init__(self) -> None:
        self._taken: set[str] = set(_RESERVED)
        self._numbers: dict[str, Iterator[int]] = {}

    def record(self, kind: str, fields: Mapping[str, Any], named_by: Iterable[str]) -> str:
        """Return a name for a record of one of the hub's resources, from fields that say what it is called."""
        words = (word_of(value_at(fields, path)) for path in named_by)
        return self._free(f"{kind}/{next(filter(None, words), '')}")

    def other(self, kind: str) -> str:
        """Return a name for something else that was made, such as ``users/1``."""
        word = word_of(kind)
        return self._free(f"{word}/" if word[:1].isalpha() and word not in COLLECTIONS else f"a-{word}/")

    def instance(self, shown: object, *, only: bool) -> str:
        """Return a name for an instance; that of the only one needs to tell it from no other."""
        word = "" if only else word_of(shown)
        return self._free(word if word[:1].isalpha() else f"instance-{word}".rstrip("-"))

    def _free(self, name: str) -> str:
        """Return a name, or the first of those numbered after it, that nothing has yet; ``users/`` needs a number."""
        counts = name.endswith("/")
        start, first = (name, 1) if counts else (f"{name}-", 2)
        numbers = self._numbers.setdefault(start, count(first))  # all before are taken
        names = chain([] if counts else [name], (f"{start}{number}" for number in numbers))
        free = next(each for each in names if each not in self._taken)
        self._taken.add(free)
        return free


class PortableTexts:
    """Turns values of one workspace into texts of a scenario.

    Attributes:
        ids: what was made -> its name in the scenario.
    """

    def __init__(self, credentials: Credentials, addresses: Addresses) -> None:
        self.ids: dict[str, str] = {}
        self._instances: dict[str, str] = {}
        self._offers: dict[str, Callable[[], str]] = {}
        self._addresses = addresses
        self._workspace = credentials.name
        self._own = {
            credentials.organization_secret: "{organization_secret}",
            credentials.user_secret: "{user_secret}",
            credentials.crm_api_key: "{crm_api_key}",
            credentials.crm_username: "{crm_username}",
        }
        self._known = {*credentials.to_json(), "workspace"} - {"name"}

    def learn(self, name: str, value: object) -> None:
        """Note that a name stands for a value from now on."""
        self.ids[str(value)] = name
        self._known.add(name)

    def learn_instance(self, name: str, number: int) -> None:
        """Note what an instance is called, whose id stands inside of texts as well, such as its topics."""
        self.learn(name, number)
        self._known |= {"instance", f"{name}.token"}
        self._instances[str(number)] = name

    def offer(self, value: int | str, name: Callable[[], str]) -> None:
        """Note that a name can be had for a value, should anything mean it."""
        if isinstance(value, int) or _OPAQUE_ID.match(value):
            self._offers[str(value)] = name

    def _named(self, value: str) -> str | None:
        """Return the name that stands for a value, in braces, if there is one."""
        # Only what is meant by something gets a name; the others would be noise in the file.
        if value not in self.ids and value in self._offers:
            self.learn(self._offers.pop(value)(), value)
        name = self.ids.get(value) if len(value) >= _SHORTEST_ID else None
        return None if name is None else f"{{{name}}}"

    def value(self, value: Any, *, key: str = "") -> Any:
        """Return a body's value."""
        if isinstance(value, dict):
            return {self.text(inner): self.value(each, key=inner) for inner, each in value.items()}
        if isinstance(value, list):
            return [self.value(each, key=key) for each in value]
        if isinstance(value, str):
            return self.text(value) if key != CALLBACK_URL else self.receiver(value)
        # Numbers elsewhere are amounts and counts that happen to be equal.
        if isinstance(value, int) and key.lower().endswith("id"):
            return self._named(str(value)) or value
        return value

    def verbatim(self, value: Any) -> Any:
        """Return a value of a step in which no names are filled in."""
        if isinstance(value, dict):
            return {inner: self.verbatim(each) for inner, each in value.items()}
        if isinstance(value, list):
            return [self.verbatim(each) for each in value]
        if not isinstance(value, str):
            return value
        for secret in (*self._own, MASK):
            value = value.replace(secret, NOT_RECORDED)
        return value

    def text(self, text: str) -> str:
        """Return a text that is no path."""
        if text in OWN:  # the journal's name for one of the workspace's secrets
            return text
        # A text of digits alone may be a telephone number as well as an id.
        named = None if text.isdecimal() else self._named(text)
        if named:
            return named
        portable = escaped(text, self._known)
        # The longest first: one secret may be the beginning of another.
        for own, name in sorted(self._own.items(), key=lambda pair: -len(pair[0])):
            portable = portable.replace(own, name)
        portable = (
            self._with_instances(portable).replace(self._addresses.crm, _VENDOR).replace(MASK, NOT_RECORDED)
        )
        return self._callback_url(portable)

    def receiver(self, url: str) -> str:
        """Return where callbacks go: to the workspace's own sink, also if they went elsewhere."""
        return self.text(url) if self.is_own(url) or not url else "{callback_url}"

    def target(self, path: str, query: str) -> str:
        """Return a path and a query, names in the places of ids."""
        segments = [self._segment(segment) for segment in path.split("/")]
        known = self._known - {name.strip("{}") for name in OWN}
        portable = _WORD.sub(lambda word: self._word(word[0]), escaped(query, known))
        return "/".join(segments) + (f"?{self._with_instances(portable)}" if query else "")

    def is_own(self, value: str) -> bool:
        """Say whether a URL leads to the workspace's own sink."""
        return value == self._addresses.sink or value.startswith(f"{self._addresses.sink}/")

    def _with_instances(self, text: str) -> str:
        """Put names in the places of the ids of instances, wherever they stand."""

        def named(match: re.Match[str]) -> str:
            name = self._instances.get(match[0])
            return match[0] if name is None else f"{{{name}}}"

        return _NUMBER.sub(named, text)

    def _callback_url(self, text: str) -> str:
        """Return a URL of the sink by the workspace's callback URL; whose bin it led to makes no difference."""
        if not self.is_own(text):
            return text
        below = text.removeprefix(self._addresses.sink).lstrip("/").partition("/")[2]
        return "{callback_url}" + (f"/{below}" if below else "")

    def _segment(self, segment: str) -> str:
        if segment in OWN:
            return segment
        return self._named(segment) or self._with_instances(quote(segment, safe=_SAFE))

    def _word(self, word: str) -> str:
        if word == self._workspace and word != "default":
            return "{workspace}"
        return self._named(word) or word


def without_masks(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a configuration without the keys whose values are masked: left out, they keep what they have."""
    return {key: value for key, value in values.items() if value != MASK}
