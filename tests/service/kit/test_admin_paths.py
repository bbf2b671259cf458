"""No URL that somebody chose comes to an admin route, however it is written and whichever way it goes."""

from contextlib import closing
from urllib.parse import quote

import pytest
from deadline import DEADLINE
from hypothesis import example, given
from hypothesis import strategies as st

from elements_local.kit.http_message import NoReply, Reply
from elements_local.kit.web.guard import is_admin, leads_to_admin
from elements_local.kit.web.in_process import InProcess
from elements_local.kit.web.outbound import NonAdminHttp, Outbound
from elements_local.kit.web.over_network import OverNetwork
from elements_local.kit.web.serving import Server, listen, url_of

SEGMENTS = [
    "_local",
    "reset",
    ".",
    "..",
    "",
    "x",
    "_Local",
    "%2e",
    "%2E%2e",
    "%5flocal",
    "_loc%61l",
    "%2f_local",
    "a%2f..",
]
MARKS = ["/", "//", "/./", "%2f", "%2F", "\\", "?", "#", ";", "\t", "%25", "%"]


@pytest.fixture(scope="module")
def arrived():
    """Return a function that sends to a URL's path, in process and over a socket, and says where that came to."""
    came = []

    def note(environ, start_response):
        came.append(environ["PATH_INFO"])
        start_response("200 OK", [("Content-Length", "0")])
        return []

    listener = listen("127.0.0.1", 0)
    url = url_of(listener)
    ways = [InProcess({url: note}), OverNetwork(timeout=DEADLINE)]

    def send(tail):
        came.clear()
        for way in ways:
            way.send("POST", url + tail)
        return list(came)

    with closing(Server(note, listener)):
        yield send


@given(
    st.lists(st.tuples(st.sampled_from(MARKS), st.sampled_from(SEGMENTS)), min_size=1, max_size=7).map(
        lambda pairs: "/" + "".join(mark + segment for mark, segment in pairs)
    )
)
@example("/x/../_local//../reset")
@example("/_local//..//reset")
@example("/a%2fb/../_local")
@example("/x%2f../../_local")
@example("/%2f%2f_local")
@example("/\t_lo\tcal/reset")
@example("/\\_local\\reset")
@example("/%2e%2e/x/..//_local")
def test_whatever_arrives_at_an_admin_route_was_known_to_lead_there(arrived, tail):
    came = [path for path in arrived(tail) if is_admin(path)]

    assert not came or leads_to_admin(f"http://127.0.0.1{tail}"), came


TAILS = [
    "/_local",
    "/_local/",
    "/_local/reset?all=true",
    "/_local?all=true",
    "/_local#x",
    "//_local/reset",
    "/%5Flocal/reset",
    "/%5f%6c%6f%63%61%6c/reset",
    "/%2f_local/reset",
    "/./_local/reset",
    "/x/../_local/reset",
    "/x/y/../../_local/reset",
    "/../_local/reset",
    "/x%2f..%2f_local/reset",
    "/x/%2e%2e/_local/reset",
    "\\_local\\reset",
    "/_local/../hook",
]
HOSTS = [
    "127.0.0.1:4701",
    "localhost:4700",
    "LOCALHOST",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0177.0.0.1",
    "[::1]:4702",
    "[::ffff:127.0.0.1]",
    "0.0.0.0:4701",
    "[::]",
    "192.168.1.5:4701",
    "stack.example",
    "user:word@127.0.0.1",
]
ELSEWHERE = [
    "http://127.0.0.1:4702",
    "http://127.0.0.1:4702/",
    "http://127.0.0.1:4702/default",
    "http://127.0.0.1:4702/default?next=/_local/reset",
    "http://127.0.0.1:4702/default#/_local/reset",
    "http://127.0.0.1:4702/default/_local/reset",
    "http://127.0.0.1:4702/_locale",
    "http://127.0.0.1:4702/_LOCAL",
    "http://127.0.0.1:4702/x/../default",
    "http://_local/reset",
    "http://_local:4702",
    f"http://127.0.0.1:4702/{quote('http://127.0.0.1/_local', safe='')}",
    "",
    "/",
    "nonsense",
]


def test_an_admin_route_is_known_however_its_host_and_its_path_are_written():
    urls = [f"http://{host}{tail}" for host in HOSTS for tail in TAILS]

    assert [url for url in urls if not leads_to_admin(url)] == []


def test_any_other_path_leads_to_none():
    assert [url for url in ELSEWHERE if leads_to_admin(url)] == []


class Recorded:
    """Writes down where a request went."""

    def __init__(self):
        self.urls = []

    def send(self, method, url, *, headers=None, body=b""):  # noqa: ARG002 - as the seam has it
        self.urls.append(url)
        return Reply(status=200)


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:4701/_local/reset?all=true&x=/Users/Me", "http://stack.example/x/../_local/reset"],
)
@pytest.mark.parametrize(
    "way",
    [
        NonAdminHttp,
        lambda http: Outbound(
            http=http, remedy="", allowed=frozenset({"*"}), own=frozenset({"http://127.0.0.1:4701"})
        ),
    ],
    ids=["to wherever", "to allowed hosts"],
)
def test_what_leads_to_an_admin_route_is_not_sent_and_says_why(way, url):
    network = Recorded()

    reply = way(network).send("POST", url)

    assert network.urls == []
    assert isinstance(reply, NoReply)
    assert reply.reason.startswith(
        "refused by the outbound guard: /_local and what is below it are a stack's admin routes"
    )


def test_everything_else_is_sent_as_it_is():
    network = Recorded()

    assert NonAdminHttp(network).send("POST", "http://127.0.0.1:4701/v3.1/Contacts").status == 200
    assert network.urls == ["http://127.0.0.1:4701/v3.1/Contacts"]


def test_a_url_is_objected_to_before_anything_is_sent_there():
    guard = Outbound(http=Recorded(), remedy="")

    assert "admin routes" in guard.refusal("http://127.0.0.1:4701/_local/reset")
