"""Calls of a test's own process to vendors' hosts, by the libraries that make them; what lets them through, and what a failure says."""

from textwrap import dedent

import pytest
from pytest_httpserver import HTTPServer

from elements_local.start import Options, on_ports

BY_LIBRARY = """
import asyncio
import http.client
import socket
import urllib.request

import pytest
import requests


def by_requests(host):
    requests.get(f"https://{host}/v3.1/Contacts")


def by_urllib(host):
    urllib.request.urlopen(f"https://{host}/v3.1/Contacts")


def by_http_client(host):
    http.client.HTTPSConnection(host).request("GET", "/v3.1/Contacts")


def by_asyncio(host):
    asyncio.run(asyncio.open_connection(host, 443))


@pytest.mark.parametrize("call", [by_requests, by_urllib, by_http_client, by_asyncio])
@pytest.mark.parametrize(
    ("host", "service"),
    [("api.insightly.com", "crm"), ("api.na1.insightly.com", "crm"), ("API.cloud-elements.com", "platform")],
)
def test_it_fails(elements_stack, elements_crm, call, host, service):
    with pytest.raises(OSError) as failed:
        call(host)
    url = getattr(elements_stack.addresses, service)
    assert f"{host.lower()} is not called from a test: the stack answers for it at {url}; call that, or" in str(failed.value)
"""
UNKNOWN = """
import socket
import pytest

@pytest.fixture(scope="session", autouse=True)
def asked():
    asked = []
    before = socket.getaddrinfo
    def own(host, *given, **named):
        asked.append(host)
        return before("127.0.0.1", *given, **named)
    socket.getaddrinfo = own
    yield asked
    assert socket.getaddrinfo is own
    socket.getaddrinfo = before
"""
ASKING = """
import socket

import flask
import pytest

def test_it(elements_workspace, asked):
    for host in ("api.insightly.com", "api.na1.insightly.com"):
        socket.getaddrinfo(host, 443)

def test_it_has_no_workspace(asked):
    socket.getaddrinfo("api.insightly.com", 443)

@pytest.fixture
def client(elements_workspace):
    socket.getaddrinfo("api.insightly.com", 443)

def test_a_fixture_asks(client): ...

def test_it_asks_late(request, asked):
    request.getfixturevalue("elements_clock")
    socket.getaddrinfo("api.insightly.com", 443)

class TestReceiver:
    @pytest.fixture
    def elements_receiver(self):
        return flask.Flask("hooks")

    def test_it_has_a_receiver(self, elements_workspace, asked):
        socket.getaddrinfo("api.insightly.com", 443)
"""
FAILING = """
import socket

def test_it_fails(elements_crm):
    elements_crm.create("Contacts", {"FIRST_NAME": "Ada"})
    for host in ("127.0.0.1", "db.vendor.example", "files.vendor.example", "db.vendor.example"):
        socket.getaddrinfo(host, 443)
    socket.getaddrinfo("api.insightly.com", 443)

def test_it_fails_later(elements_crm):
    raise AssertionError

def test_it_passes(elements_crm):
    socket.getaddrinfo("db.vendor.example", 443)
"""
NAMED = "hosts outside the stack that were asked for: db.vendor.example, files.vendor.example, api.insightly.com (refused)"


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    """A project in which no host is ever really looked up."""
    pytester.makeconftest(UNKNOWN)
    return pytester


def test_every_library_shows_what_to_call_instead(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(BY_LIBRARY)

    pytester.runpytest_inprocess().assert_outcomes(passed=12)


def test_it_is_so_where_a_workspace_is_open_and_nowhere_else(project: pytest.Pytester) -> None:
    project.makepyfile(ASKING)

    result = project.runpytest_inprocess("-rN", "-p", "no:randomly")

    result.assert_outcomes(passed=1, failed=3, errors=1)
    result.stdout.fnmatch_lines(["*VendorHostError: *api.insightly.com is not called from a test*"])


@pytest.mark.parametrize(
    ("words", "passed"),
    [
        (("--elements-allow-host", "api.insightly.com"), 4),
        (("--elements-allow-host", "API.*.com", "--elements-allow-host", "api.*.insightly.com"), 5),
        (("-o", "elements_allow_hosts=api.insightly.com api.na1.insightly.com"), 5),
        (
            (
                "-o",
                "elements_allow_hosts=api.insightly.com",
                "--elements-allow-host",
                "api.na1.insightly.com",
            ),
            5,
        ),
    ],
)
def test_a_setting_lets_hosts_through(project: pytest.Pytester, words, passed) -> None:
    project.makepyfile(ASKING)

    result = project.runpytest_inprocess("-rN", *words)

    result.assert_outcomes(passed=passed, failed=5 - passed)


@pytest.mark.parametrize("host", ["https://a.example", "a b", "a.example/x", ".*"])
def test_what_is_no_host_to_let_through(project: pytest.Pytester, host: str) -> None:
    project.makepyfile("def test_it(elements_clock): ...")

    result = project.runpytest_inprocess("--elements-allow-host", host)

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        [
            "--elements-allow-host or elements_allow_hosts: expected a host such as api.vendor.example or *.vendor.example; "
            f"got {host!r}".replace("[", "[[]")
        ]
    )


def test_a_failure_names_the_hosts_that_its_test_asked_for(project: pytest.Pytester) -> None:
    project.makepyfile(FAILING)

    result = project.runpytest_inprocess("-rN", "--junitxml", "it.xml")

    result.assert_outcomes(passed=1, failed=2)
    output = result.stdout.str()
    assert output.count("hosts outside the stack") == output.count(NAMED) == 1
    assert NAMED in (project.path / "it.xml").read_text()


def test_a_stack_that_runs_elsewhere_answers_for_the_same_hosts(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(BY_LIBRARY)
    with on_ports(Options(ports=(0, 0, 0))) as stack:
        result = pytester.runpytest_inprocess("--elements-stack", stack.addresses.platform)

    result.assert_outcomes(passed=12)


def test_a_crm_that_runs_alone_refuses_nothing(project: pytest.Pytester) -> None:
    alone = """
        from elements_local.start import Options

        @pytest.fixture(scope="session")
        def elements_settings():
            return Options(role="crm", ports=(0, 0, 0))
    """
    project.makeconftest(UNKNOWN + dedent(alone))
    project.makepyfile(ASKING.partition("class")[0])

    project.runpytest_inprocess().assert_outcomes(passed=4)


def test_calls_to_a_server_of_the_test_are_no_ones_business(
    pytester: pytest.Pytester, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/it").respond_with_data("it")
    pytester.makepyfile(f"""
        import requests

        def test_it(elements_workspace):
            assert requests.get("http://localhost:{httpserver.port}/it").text == "it"
    """)

    pytester.runpytest_inprocess().assert_outcomes(passed=1)
