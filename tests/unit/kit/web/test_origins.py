"""Which pages may call, and which names a stack answers to."""

from dataclasses import dataclass

import pytest
from each_row import each_row
from hypothesis import given
from hypothesis import strategies as st

from elements_local.kit.settings import Settings, SettingsError, variable
from elements_local.kit.web.origins import POSTMAN, host_in, host_names, is_local, may_call, origins

MORE = POSTMAN | {"https://app.example", "http://dev.example:3000", "https://*.team.example"}


@each_row(
    "origin",
    [
        "http://localhost",
        "https://localhost:8443",
        "http://localhost:3000",
        "http://127.0.0.1:5173",
        "http://127.9.8.7",
        "http://[::1]:3000",
        "https://web.postman.co",
        "https://app.getpostman.com",
        "https://app.example",
        "http://dev.example:3000",
        "https://a.team.example",
    ],
)
def test_a_page_of_this_machine_of_postmans_or_of_a_named_origin_may_call(origin):
    assert may_call(origin, MORE)


@each_row(
    "origin",
    {
        "a page without an origin": "null",
        "nothing": "",
        "a star": "*",
        "another site": "https://evil.example",
        "a team of Postman's": "https://my-team.postman.co",
        "a name below Postman's": "https://a.web.postman.co",
        "a name in other letters": "https://xn--tam-8ma.postman.co",
        "another name of its other host": "https://a.app.getpostman.com",
        "a longer name": "https://evil-postman.co",
        "a name before it": "https://postman.co.evil.example",
        "a whole name before it": "https://web.postman.co.evil.example",
        "another letter for the dot": "https://webxpostman.co",
        "the name itself": "https://postman.co",
        "no name below it": "https://.postman.co",
        "two dots": "https://web..postman.co",
        "a dot at the end": "https://web.postman.co.",
        "another port": "https://web.postman.co:8443",
        "a port that goes without saying": "https://web.postman.co:443",
        "another scheme": "http://web.postman.co",
        "capitals": "https://WEB.postman.co",
        "a scheme in capitals": "HTTPS://web.postman.co",
        "a path": "https://web.postman.co/",
        "a query": "https://web.postman.co?x",
        "a path like a name": "https://evil.example/.postman.co",
        "a fragment like a name": "https://evil.example#.postman.co",
        "a user": "https://evil.example@web.postman.co",
        "a user like a name": "https://web.postman.co@evil.example",
        "letters beyond ASCII": "https://postmän.co",
        "a look-alike in punycode": "https://www.xn--postmn-9ta.co",
        "two headers": "https://web.postman.co, https://evil.example",
        "a list": "https://web.postman.co https://evil.example",
        "a blank before it": " https://web.postman.co",
        "a line's end": "https://web.postman.co\n",
        "no scheme": "web.postman.co",
        "no scheme but slashes": "//web.postman.co",
        "this machine with a dot": "http://localhost.",
        "a name like this machine": "http://localhost.evil.example",
        "a name that ends like it": "http://evil-localhost",
        "a name like an address": "http://127.0.0.1.evil.example",
        "another address": "http://128.0.0.1",
        "any address": "http://0.0.0.0:3000",
        "an address of the network": "http://192.168.1.5",
        "an address as one number": "http://2130706433",
        "another IPv6 address": "http://[::2]",
        "half a bracket": "http://[::1",
        "IPv6 without brackets": "http://::1",
        "a nought before a port": "http://localhost:03000",
        "an empty port": "http://localhost:",
        "a port in words": "http://localhost:port",
        "a port in other digits": "http://localhost:\uff11\uff12",
        "another scheme of this machine": "ftp://localhost",
        "a file": "file://",
        "an extension that nobody named": "chrome-extension://abcdef",
        "the name itself of a pattern": "https://team.example",
        "a name without end": f"https://{'a' * 100_000}.postman.co",
        "another port of a named origin": "https://app.example:444",
        "a named origin without its port": "http://dev.example",
    },
)
def test_every_other_page_may_not(origin):
    assert not may_call(origin, MORE)


@given(st.text(max_size=60))
def test_what_names_no_allowed_origin_in_full_may_not_call(text):
    assert not may_call(f"https://evil.example{text}", POSTMAN)
    assert not may_call(f"{text}https://evil.example", POSTMAN)


@each_row(
    ("header", "host"),
    [
        ("127.0.0.1:4700", "127.0.0.1"),
        ("LocalHost", "localhost"),
        ("[::1]:4700", "::1"),
        ("stack.example:", "stack.example"),
        ("", None),
        ("[", None),
        ("[::1", None),
        ("::1:4700", None),
        ("127.0.0.1:port", None),
        ("127.0.0.1@evil.example", None),
        ("a b", None),
        ("a, b", None),
        ("a/b", None),
        ("größe", None),
        ("a" * 100_000, None),
    ],
)
def test_the_host_is_read_from_its_header(header, host):
    assert host_in(header) == host


@each_row(
    ("host", "local"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.1.2.3", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("localhost.", False),
        ("127.0.0.1.", False),
        ("0.0.0.0", False),  # noqa: S104 - compared, not bound
        ("evil.example", False),
    ],
)
def test_only_what_nobody_can_bind_to_another_machine_is_local(host, local):
    assert is_local(host) is local


@dataclass(frozen=True, kw_only=True)
class Exposed(Settings):
    served_as: frozenset[str] = host_names("by which names")
    allow_origins: frozenset[str] = origins("whose pages")


def read(**settings):
    return Exposed.chosen({variable(name): value for name, value in settings.items()})


def test_settings_take_several_with_commas_or_blanks_between():
    assert read(
        served_as="stack.example, Build7", allow_origins="https://App.example http://*.b.example:80"
    ) == {
        "served_as": {"stack.example", "build7"},
        "allow_origins": {"https://app.example", "http://*.b.example"},
    }


def test_of_settings_that_are_empty_there_are_none():
    assert read(served_as="", allow_origins=" ") == {"served_as": frozenset(), "allow_origins": frozenset()}


@each_row(
    "text",
    [
        "*",
        "null",
        "app.example",
        "https://*",
        "https://*example",
        "https://a.*.example",
        "https://app.example/",
        "https://app.example/path",
        "https://user@app.example",
        "https://bücher.example",
        "https://app.example, null",
    ],
)
def test_what_is_no_origin_is_refused_by_name(text):
    with pytest.raises(SettingsError, match="ALLOW_ORIGINS must be origins such as"):
        read(allow_origins=text)


@each_row("text", ["*", "http://stack.example", "stack.example:4700", "stack.", "a/b"])
def test_what_is_no_name_is_refused_by_name(text):
    with pytest.raises(SettingsError, match="SERVED_AS must be host names such as"):
        read(served_as=text)
