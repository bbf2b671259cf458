"""Hosts outside the stack that a test's own process calls: refused if the stack answers for them, named if the test fails."""

import socket
from contextlib import suppress

import pytest

from elements_local.testing.host_guard import HostGuard, HostRules, VendorHostError

CRM = "http://127.0.0.1:4701"
RULES = HostRules(
    played={"api.insightly.com": CRM, "api.*.insightly.com": CRM},
    own=frozenset({"127.0.0.1", "stack.internal"}),
    allowed=["pod.api.*.example", "api.na1.insightly.com"],
)
THIS_MACHINE = [
    None, "", b"", "localhost", "LOCALHOST.", b"localhost", "crm.localhost", "127.0.0.1", "127.8.8.8", "::1",
    "::ffff:127.0.0.1", "0.0.0.0", "::", socket.gethostname().upper(),  # noqa: S104 - looked up only
]  # fmt: skip
PLAYED = [
    "api.insightly.com",
    "API.Insightly.COM",
    "api.insightly.com.",
    b"api.insightly.com",
    "api.EU2.insightly.com",
]
ALLOWED = ["api.na1.insightly.com", "POD.api.eu.example.", "Stack.internal"]
OTHERS = [
    "insightly.com",
    "api.a.b.insightly.com",
    "93.184.216.34",
    "fe80::1%2",
    "api.vendor.example",
    "pod.api.a.b.example",
]


@pytest.fixture
def looked_up(monkeypatch):
    """What the system is asked for, which knows no host."""
    asked = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *_given, **_named: asked.append(host) or [])
    return asked


def lookup(host):
    return socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)


@pytest.mark.parametrize("host", THIS_MACHINE + ALLOWED)
def test_this_machine_and_what_is_let_through_are_looked_up_and_not_noted(looked_up, host):
    guard = HostGuard(RULES)
    with guard.watching():
        lookup(host)

    assert (looked_up, guard.outside) == ([host], {})


@pytest.mark.parametrize("host", PLAYED)
def test_a_host_that_the_stack_answers_for_is_refused_with_the_address_to_call(looked_up, host):
    guard = HostGuard(RULES)
    with guard.watching(), pytest.raises(socket.gaierror) as refused:
        lookup(host)

    name = (host if isinstance(host, str) else host.decode()).lower().removesuffix(".")
    assert refused.value.strerror == (
        f"{name} is not called from a test: the stack answers for it at {CRM}; call that, or let the host through with "
        f"--elements-allow-host {name}"
    )
    assert (looked_up, guard.outside) == ([], {name: True})


@pytest.mark.parametrize("host", OTHERS)
def test_any_other_host_is_looked_up_and_noted(looked_up, host):
    guard = HostGuard(RULES)
    with guard.watching():
        lookup(host)

    assert (looked_up, guard.outside) == ([host], {host: False})


def test_guards_in_one_another_each_watch_and_all_is_as_before():
    before = socket.getaddrinfo
    outer, inner = HostGuard(RULES), HostGuard(HostRules({}, frozenset(), ["api.insightly.com"]))
    with outer.watching():
        between = socket.getaddrinfo
        with inner.watching(), pytest.raises(VendorHostError):
            lookup("api.insightly.com")
        assert socket.getaddrinfo is between
    assert socket.getaddrinfo is before
    assert (outer.outside, inner.outside) == ({"api.insightly.com": True}, {})


def test_it_is_as_before_after_an_error():
    before = socket.getaddrinfo
    with suppress(ZeroDivisionError), HostGuard(RULES).watching():
        raise ZeroDivisionError

    assert socket.getaddrinfo is before


def test_what_is_put_back_late_watches_no_more(looked_up):
    """``monkeypatch`` undoes after the workspace has gone, in a test that asked for it first."""
    before = socket.getaddrinfo
    for _ in range(2):
        with HostGuard(RULES).watching():
            late = socket.getaddrinfo
            socket.getaddrinfo = lambda *_given, **_named: []
        socket.getaddrinfo = late
        lookup("api.insightly.com")
        assert late.below is before

    assert looked_up == ["api.insightly.com"] * 2
    with HostGuard(RULES).watching():
        pass
    assert socket.getaddrinfo is before
