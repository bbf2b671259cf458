"""Which pages may call, and which names a stack answers to."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elements_local.kit.settings import Settings, SettingsError, variable
from elements_local.kit.web.origins import POSTMAN, host_in, host_names, is_local, may_call, origins

MORE = POSTMAN | {"https://app.example", "http://dev.example:3000", "https://*.team.example"}


@pytest.mark.parametrize(
    "origin",
    [
        "http://localhost",
        "https://localhost:8443",
        "http://localhost:3000",
        "http://127.0.0.1:5173",
        "http://127.9.8.7",
        "http://[::1]:3000",
        "https://web.postman.co",
        "https://my-team.postman.co",
        "https://a.b.postman.co",
        "https://xn--tam-8ma.postman.co",
        "https://app.getpostman.com",
        "https://app.example",
        "http://dev.example:3000",
        "https://a.team.example",
    ],
)
def test_a_page_of_this_machine_of_postmans_or_of_a_named_origin_may_call(origin):
    assert may_call(origin, MORE)


@pytest.mark.parametrize(
    "origin",
    [
        pytest.param("null", id="a page without an origin"),
        pytest.param("", id="nothing"),
        pytest.param("*", id="a star"),
        pytest.param("https://evil.example", id="another site"),
        pytest.param("https://evil-postman.co", id="a longer name"),
        pytest.param("https://postman.co.evil.example", id="a name before it"),
        pytest.param("https://web.postman.co.evil.example", id="a whole name before it"),
        pytest.param("https://webxpostman.co", id="another letter for the dot"),
        pytest.param("https://postman.co", id="the name itself"),
        pytest.param("https://.postman.co", id="no name below it"),
        pytest.param("https://web..postman.co", id="two dots"),
        pytest.param("https://web.postman.co.", id="a dot at the end"),
        pytest.param("https://web.postman.co:8443", id="another port"),
        pytest.param("https://web.postman.co:443", id="a port that goes without saying"),
        pytest.param("http://web.postman.co", id="another scheme"),
        pytest.param("https://WEB.postman.co", id="capitals"),
        pytest.param("HTTPS://web.postman.co", id="a scheme in capitals"),
        pytest.param("https://web.postman.co/", id="a path"),
        pytest.param("https://web.postman.co?x", id="a query"),
        pytest.param("https://evil.example/.postman.co", id="a path like a name"),
        pytest.param("https://evil.example#.postman.co", id="a fragment like a name"),
        pytest.param("https://evil.example@web.postman.co", id="a user"),
        pytest.param("https://web.postman.co@evil.example", id="a user like a name"),
        pytest.param("https://postmän.co", id="letters beyond ASCII"),
        pytest.param("https://www.xn--postmn-9ta.co", id="a look-alike in punycode"),
        pytest.param("https://web.postman.co, https://evil.example", id="two headers"),
        pytest.param("https://web.postman.co https://evil.example", id="a list"),
        pytest.param(" https://web.postman.co", id="a blank before it"),
        pytest.param("https://web.postman.co\n", id="a line's end"),
        pytest.param("web.postman.co", id="no scheme"),
        pytest.param("//web.postman.co", id="no scheme but slashes"),
        pytest.param("http://localhost.", id="this machine with a dot"),
        pytest.param("http://localhost.evil.example", id="a name like this machine"),
        pytest.param("http://evil-localhost", id="a name that ends like it"),
        pytest.param("http://127.0.0.1.evil.example", id="a name like an address"),
        pytest.param("http://128.0.0.1", id="another address"),
        pytest.param("http://0.0.0.0:3000", id="any address"),
        pytest.param("http://192.168.1.5", id="an address of the network"),
        pytest.param("http://2130706433", id="an address as one number"),
        pytest.param("http://[::2]", id="another IPv6 address"),
        pytest.param("http://[::1", id="half a bracket"),
        pytest.param("http://::1", id="IPv6 without brackets"),
        pytest.param("http://localhost:03000", id="a nought before a port"),
        pytest.param("http://localhost:", id="an empty port"),
        pytest.param("http://localhost:port", id="a port in words"),
        pytest.param("http://localhost:１２", id="a port in other digits"),  # noqa: RUF001 - they are the case
        pytest.param("ftp://localhost", id="another scheme of this machine"),
        pytest.param("file://", id="a file"),
        pytest.param("chrome-extension://abcdef", id="an extension that nobody named"),
        pytest.param("https://team.example", id="the name itself of a pattern"),
        pytest.param(f"https://{'a' * 100_000}.postman.co", id="a name without end"),
        pytest.param("https://app.example:444", id="another port of a named origin"),
        pytest.param("http://dev.example", id="a named origin without its port"),
    ],
)
def test_every_other_page_may_not(origin):
    assert not may_call(origin, MORE)


@given(st.text(max_size=60))
def test_what_names_no_allowed_origin_in_full_may_not_call(text):
    assert not may_call(f"https://evil.example{text}", POSTMAN)
    assert not may_call(f"{text}https://evil.example", POSTMAN)


@pytest.mark.parametrize(
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


@pytest.mark.parametrize(
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


@pytest.mark.parametrize(
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


@pytest.mark.parametrize("text", ["*", "http://stack.example", "stack.example:4700", "stack.", "a/b"])
def test_what_is_no_name_is_refused_by_name(text):
    with pytest.raises(SettingsError, match="SERVED_AS must be host names such as"):
        read(served_as=text)
