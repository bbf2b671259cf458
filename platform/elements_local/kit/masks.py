"""What a journal, a page, a scenario or a report may show: secrets become eight asterisks, as the platform shows them itself.

A secret is declared where its key, header, parameter or setting is. ``declare`` notes the names, under which everything is
masked, and ``learn`` the values of this process that are masked wherever they stand; a pattern of names is the second net.
A body is masked in place, token by token, and not parsed: it may be malformed, or cut off in the middle.
"""

import json
import re
from base64 import b64encode
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from html import escape
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, quote, quote_plus, unquote, unquote_plus, urlsplit

from elements_local.kit.caching import bounded_cache

MASK = "********"

OWN = frozenset({"{organization_secret}", "{user_secret}", "{crm_api_key}"})
"""What stands for a workspace's own secrets where these are distinguished from others; it hides them already."""

_SECRET = re.compile(
    r"passw|secret|credential|authorization|cookie|(?<!page)(?<!page[-_. +])token"
    r"|(?:api|access|private|signature)[-_. +]?key",
    re.IGNORECASE,
)
_PARTS = ("passw", "secret", "creden", "author", "cook", "token")
"""Each such name has one of these or of ``_KEYS`` in it, in any case; they are found forty times as fast."""
_KEYS = tuple(f"{of}{mark}key" for of in ("api", "access", "private", "signature") for mark in ("", *"-_. +"))

_CODED = re.compile(r"""\\[^"\\/bfnrt]|%[0-9a-f]{2}""", re.IGNORECASE)
"""What may stand for the letters of such a name."""
_ONLY_OWN = re.compile(
    r"\s*(?:[a-z-]{1,20}[ =:]+){0,2}(?:" + "|".join(map(re.escape, sorted(OWN))) + r")\s*", re.IGNORECASE
)
"""One of the latter, after a scheme or a name of the vendor's at the most."""
_SCHEME = re.compile(r"(\s*(?:Basic|Bearer|Digest|Token|User|Organization|Element))\s+\S", re.IGNORECASE)
_USER_PART = re.compile(
    r"""  ((?::|%3a)(?:\\*/|%2f){2})
          (?: (?: (?!%(?:2f|3f|23)) [^\s/?\#"'<>\\&] )+
            | [^\s/?\#"'<>\\&@:\[{]* : (?!\d*[/?\#]) [^\s"'<>\\&@{]{1,128} )  # a password with / ? or #, and no port
          (@|%40)
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""What stands before the host of a URL, in a text, in JSON, or in a query."""

_FORM = "://user:password@"
"""By which a message says where these stand in a URL."""
_URL = re.compile(r"""[a-z][a-z0-9+.-]*://[^\s"'<>\\`]+""", re.IGNORECASE)

_SHORTEST = 8
"""Of a secret that is known by its value: a shorter one might be any word."""
_MANY = 1000
"""Forms of secrets, beyond which a text is searched for what they begin with first."""

_TOKEN = re.compile(
    r"""  "(?P<double>(?:[^"\\]|\\.|\\\Z)*)(?:"|\Z)
        | '(?P<single>(?:[^'\\]|\\.|\\\Z)*)(?:'|\Z)
        | (?P<open>[{\[]) | (?P<close>[}\]]) | (?P<colon>:) | (?P<comma>,)
        | (?P<bare>[^\s"'{}\[\]:,]+)
    """,
    re.VERBOSE | re.DOTALL,
)
_OPENING = ("{", "[", '"', "'")
_QUOTE_OR_PAIR = re.compile(r"""["'=]""")
_PAIR = re.compile(r"[^&\r\n]+")
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.|\Z)", re.DOTALL)
_ESCAPED = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_LITERALS = frozenset({"true", "false", "null"})
_NUMBER = re.compile(r"[-+.\deE]+")
_NAMES = frozenset({"key", "name"})
_VALUES = frozenset({"value", "propertyvalue"})

_MOST_LEARNED, _MOST_STORED = 64, 1000
_declared: frozenset[str] = frozenset()
"""Names beside those of the pattern, in lower case; of the whole process, as a log or a trace knows no workspace."""
_learned: tuple[str, ...] = ()
_stored: tuple[str, ...] = ()
"""What workspaces have stored; no answer is masked by it, as it says something of other workspaces."""

_Masks: TypeAlias = "dict[tuple[int, int], str]"
"""Which place of a text is shown as what."""


def declare(names: Iterable[str]) -> None:
    """Note names of keys, headers or parameters under which secrets stand, however short, of any name."""
    global _declared  # noqa: PLW0603 - what is declared while connectors are loaded holds for all that is shown from then on
    _declared |= {name.casefold() for name in names if not _SECRET.search(name)}


def learn(secrets: Iterable[str]) -> None:
    """Note secrets of this process, such as the password of a URL that an option takes; ``mask_known`` hides the latest."""
    global _learned  # noqa: PLW0603 - as above
    _learned = tuple(dict.fromkeys((*secrets, *_learned)))[:_MOST_LEARNED]


def learn_stored(secrets: Iterable[str]) -> None:
    """Note secrets that a workspace stores, as what ``mask_log`` hides."""
    global _stored  # noqa: PLW0603 - as above
    _stored = tuple(dict.fromkeys((*secrets, *_stored)))[:_MOST_STORED]


def is_secret(name: str) -> bool:
    """Say whether what stands under a name is to be hidden.

    >>> is_secret("crm_api_key"), is_secret("key")
    (True, False)
    """
    return bool(_SECRET.search(name)) or name.casefold() in _declared


def mask_header(name: str, value: str) -> str:
    """Return a header's value as it may be shown; an Authorization keeps its schemes.

    >>> mask_header("Authorization", "User abc=, Element def=")
    'User ********, Element ********'
    """
    if not value or not is_secret(name) or _ONLY_OWN.fullmatch(value):
        return value
    if not name.lower().endswith("authorization"):
        return MASK
    return ",".join(_mask_credentials(part) for part in value.split(","))


def mask_target(target: str) -> str:
    """Return a path and its query as they may be shown.

    >>> mask_target("/search?top=5&api_key=0123")
    '/search?top=5&api_key=********'
    """
    path, mark, query = _without_users(target).partition("?")
    return path + mark + _mask_pairs(query)


def mask_url(url: str) -> str:
    """Return a URL without the password before its host, and without the secrets in its query.

    >>> mask_url("https://ada:pass@example.com/hook?token=0123&page=2")
    'https://********@example.com/hook?token=********&page=2'
    """
    try:
        parts = urlsplit(_without_users(url))
    except ValueError:  # it is none, and nothing is sent there
        return mask_target(url)
    _, at, host = parts.netloc.rpartition("@")
    hidden = parts._replace(netloc=f"{MASK}@{host}" if at else host, fragment="").geturl()
    return mask_target(hidden)


def mask_urls(text: str) -> str:
    """Return words without the secrets of the URLs in them.

    >>> mask_urls("no answer from http://ada:pass@example.com/hook?token=0123 (refused)")
    'no answer from http://********@example.com/hook?token=******** (refused)'
    """
    return _URL.sub(lambda url: url[0] if _FORM in url[0] else mask_target(url[0]), text)


def mask_body(text: str) -> str:
    """Return a body as it may be shown: all below a key that names a secret is masked, and who calls in URLs.

    JSON in a text of JSON, and the pairs of a form, are looked into as well.

    >>> mask_body('{"configuration":{"password":"0123-4567","username":"ada"}}')
    '{"configuration":{"password":"********","username":"ada"}}'
    """
    text = _without_users(text)
    if not _has_secret(text) and not _CODED.search(text):
        return text  # found ten times as fast as by reading it
    if not text.lstrip().startswith(_OPENING):
        text = _mask_pairs(text)
    pieces, end = [], 0
    for (start, stop), mask in sorted(_Reader().read(text).items()):
        pieces += [text[end:start], mask]
        end = stop
    return "".join([*pieces, text[end:]])


def mask_value(value: Any) -> Any:
    """Return a value of JSON as it may be shown, as ``mask_body`` does.

    >>> mask_value({"proxy.url": "http://ada:pass@proxy", "my.token": "0123"})
    {'proxy.url': 'http://********@proxy', 'my.token': '********'}
    """
    return json.loads(mask_body(json.dumps(value)))


def mask_known(text: str, secrets: Iterable[str] = ()) -> str:
    """Return a text without secrets that are known by their values, under any key and in any encoding, nor those learned.

    >>> mask_known("MDEyMzQ1Njc4OTo= is 0123456789 in base64", ["0123456789"])
    '********To= is ******** in base64'
    """
    starts, encoded = _encoded((*secrets, *_learned))
    if len(encoded) > _MANY:  # 5 ms for 50 KB, where 12,000 looks through it take 60
        found = starts.intersection(text[at : at + _SHORTEST] for at in range(len(text)))
        encoded = [each for each in encoded if each[:_SHORTEST] in found] if found else []
    for written in encoded:
        text = text.replace(written, MASK)
    return text


def mask_log(text: str) -> str:
    """Return what a process logs as it may be shown: without any secret that it knows by name or by value."""
    return mask_known(mask_body(text), _stored)


def secrets_in(values: Mapping[str, object]) -> list[str]:
    """Return the texts that are under names of secrets, of headers that are written as JSON, too.

    >>> secrets_in({"username": "ada", "password": "01", "my.headers": '{"Authorization": "Bearer 23"}'})
    ['01', '23']
    """
    found = []
    for name, value in values.items():
        if not isinstance(value, str):
            continue
        if is_secret(name):
            found += credentials_in(value) if name.lower().endswith("authorization") else [value]
        elif value.startswith("{"):
            with suppress(ValueError, RecursionError):
                found += secrets_in(json.loads(value))
        elif "://" in value:
            found += secrets_of_url(value)
    return found


def secrets_of_url(url: str) -> list[str]:
    """Return the password before a URL's host, and what is under names of secrets in its query.

    >>> secrets_of_url("https://ada:p%40ss@example.com/hook?token=0123&page=2")
    ['p%40ss', 'p@ss', '0123']
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return []
    password = parts.password or ""
    asked = [value for name, value in parse_qsl(parts.query) if is_secret(name)]
    return [each for each in dict.fromkeys((password, unquote(password), *asked)) if each]


def credentials_in(authorization: str) -> list[str]:
    """Return the secrets of an Authorization.

    >>> credentials_in("User abc=, Element def=")
    ['abc=', 'def=']
    """
    return [part.split()[-1] for part in authorization.split(",") if part.strip()]


@bounded_cache(256, length=lambda kept: 3 * len(kept[-1][1]))  # the texts are those that `_forms` keeps
def _encoded(secrets: tuple[str, ...]) -> tuple[frozenset[str], list[str]]:
    """Return secrets in all their forms, the longest first, and with what these begin."""
    found = {form for secret in secrets if len(secret) >= _SHORTEST for form in _forms(secret)}
    return frozenset(form[:_SHORTEST] for form in found), sorted(found, key=len, reverse=True)


@bounded_cache(4096)
def _forms(secret: str) -> frozenset[str]:
    """Return a secret as it may be written: plain, in JSON, HTML, URLs, hexadecimal and base64."""
    raw = secret.encode()
    found = {secret, json.dumps(secret)[1:-1], escape(secret), quote(secret, safe=""), quote_plus(secret)}
    found |= {raw.hex(), raw.hex().upper()}
    for before, first in enumerate((0, 2, 3)):  # in base64, what stands before a secret shifts it
        coded = b64encode(bytes(before) + raw).decode()[first : (before + len(raw)) * 8 // 6]
        found |= {coded, coded.replace("+", "-").replace("/", "_"), quote(coded, safe="")}
    return frozenset(found)


def _without_users(text: str) -> str:
    return _USER_PART.sub(rf"\1{MASK}\2", text) if "@" in text or "%40" in text else text


def _has_secret(text: str) -> bool:
    folded = text.casefold()
    # "key" alone is in every callback, as `elementKey`
    named = any(part in folded for part in _PARTS) or (
        "key" in folded and any(key in folded for key in _KEYS)
    )
    return (named and bool(_SECRET.search(text))) or any(name in folded for name in _declared)


@dataclass
class _Container:
    """An object or a list that is open.

    Attributes:
        hidden: everything in it is secret.
        named: it is an entry such as ``{"key": "password", "value": "..."}``.
        values: what hides the value of such an entry.
    """

    hidden: bool
    named: bool = False
    values: _Masks = field(default_factory=dict)

    def hides(self, key: str) -> bool:
        """Say whether what is under a key is secret."""
        return self.hidden or _is_secret_key(key) or (self.named and key.lower() in _VALUES)


class _Reader:
    """Reads a text from token to token and notes the places that cannot be shown as they are."""

    def __init__(self) -> None:
        self._masks: _Masks = {}
        self._within = [_Container(hidden=False)]
        self._closed: list[_Container] = []
        self._key = ""
        self._last: re.Match[str] | None = None

    def read(self, text: str) -> _Masks:
        """Return what hides the secrets of a text."""
        for token in _TOKEN.finditer(text):
            match token.lastgroup:
                case "open":
                    self._within.append(_Container(hidden=self._within[-1].hides(self._key)))
                    self._next()
                case "close":
                    if len(self._within) > 1:
                        self._closed.append(self._within.pop())
                    self._next()
                case "comma":
                    self._next()
                case "colon":
                    self._take_for_key()
                case _:
                    self._take_for_value(token)
        for container in self._closed + self._within:
            if container.named:
                self._masks.update(container.values)
        return self._masks

    def _next(self) -> None:
        self._key, self._last = "", None

    def _take_for_value(self, token: re.Match[str]) -> None:
        inside = self._within[-1]
        self._last = token
        self._masks.update(_hidden(token) if inside.hides(self._key) else _nested(token))
        if self._key.lower() in _NAMES:
            inside.named = inside.named or is_secret(_content(token))
        elif self._key.lower() in _VALUES:
            inside.values.update(_hidden(token))

    def _take_for_key(self) -> None:
        """Mend what was taken for a value. A secret's name that is still unanswered stays the key."""
        if self._last and not self._key:
            self._masks.pop(_place(self._last), None)
            self._masks.update(_nested(self._last))
        if self._last and not _is_secret_key(self._key):
            self._key = _content(self._last)


def _is_secret_key(key: str) -> bool:
    """Say so of a key of JSON; those that entries consist of, such as ``{"key": "a", "value": "b"}``, never are."""
    return is_secret(key) and key.lower() not in _NAMES | _VALUES


def _hidden(value: re.Match[str]) -> _Masks:
    """Hide a value, unless it is empty, true, false or null, or hidden already."""
    text = value[value.lastgroup or 0]
    if not text or text in OWN or (value.lastgroup == "bare" and text in _LITERALS):
        return {}
    number = value.lastgroup == "bare" and _NUMBER.fullmatch(text)
    return {_place(value): f'"{MASK}"' if number else MASK}


def _nested(value: re.Match[str]) -> _Masks:
    """Hide the secrets in a text that may be JSON or a form again."""
    if value.lastgroup == "bare" or not _QUOTE_OR_PAIR.search(value[0], 1):
        return {}
    content = _content(value)
    masked = mask_body(content)
    if masked == content:
        return {}
    escaped = json.dumps(masked, ensure_ascii=False)[1:-1]
    return {_place(value): escaped.encode("utf-8", "backslashreplace").decode()}


def _place(token: re.Match[str]) -> tuple[int, int]:
    return token.span(token.lastgroup or 0)


def _content(token: re.Match[str]) -> str:
    return _ESCAPE.sub(_unescaped, token[token.lastgroup or 0])


def _unescaped(escape: re.Match[str]) -> str:
    after = escape[1]
    return chr(int(after[1:], 16)) if len(after) > 1 else _ESCAPED.get(after, after)


def _mask_credentials(part: str) -> str:
    """Hide one of an Authorization's credentials, but not the scheme before it."""
    if _ONLY_OWN.fullmatch(part):
        return part
    scheme = _SCHEME.match(part)
    if scheme:
        return f"{scheme[1]} {MASK}"
    start = len(part) - len(part.lstrip())
    return part[:start] + MASK if part[start:] else part


def _mask_pairs(text: str) -> str:
    """Hide the secrets of a form or a query, or of lines that look alike."""
    return _PAIR.sub(lambda pair: _mask_pair(pair[0]), text)


def _mask_pair(pair: str) -> str:
    names = pair.split("=")
    for nth, name in enumerate(names[:-1], start=1):
        if is_secret(unquote_plus(name)) and "=".join(names[nth:]) not in {"", *OWN}:
            return "=".join([*names[:nth], MASK])
    name, _, value = pair.partition("=")
    content = unquote_plus(value)
    if "%" not in value or not content.lstrip().startswith(_OPENING):
        return pair
    masked = mask_body(content)
    return pair if masked == content else f"{name}={quote_plus(masked, safe='*', errors='replace')}"
