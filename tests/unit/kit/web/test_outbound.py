"""The outbound guard: to this machine, or to hosts that are allowed by name, and nowhere else."""

from each_row import each_row
from hypothesis import given
from hypothesis import strategies as st

from elements_local.kit.http_message import NoReply, Reply
from elements_local.kit.web.outbound import Outbound


class Recorded:
    """Writes down where a request went."""

    def __init__(self, reply=None):
        self.urls = []
        self.headers = []
        self._reply = reply or Reply(status=200)

    def send(self, method, url, *, headers, body=b""):  # noqa: ARG002 - as the seam has it
        self.urls.append(url)
        self.headers.append(dict(headers))
        return self._reply


def guard(network, *, allowed=(), own=()):
    return Outbound(http=network, remedy="allow {host}", allowed=frozenset(allowed), own=frozenset(own))


def sent(url, *, reply=None, **options):
    network = Recorded(reply)
    return guard(network, **options).send("POST", url, headers={"X-A": "b"}, body=b"x"), network


@each_row(
    ("url", "options"),
    [
        ("http://127.0.0.1:8000/hook?a=1", {}),
        ("http://127.1.2.3/", {}),
        ("http://[::1]:8000/", {}),
        ("http://[::ffff:127.0.0.1]/", {}),
        ("http://user:word@127.0.0.1/", {}),
        ("https://127.0.0.1/", {}),
        ("http://hooks.example/x", {"allowed": ["hooks.example"]}),
        ("http://HOOKS.example/x", {"allowed": ["hooks.example"]}),
        ("http://10.0.0.1/x", {"allowed": ["*"]}),
        ("http://sink.test:4702/x", {"own": ["http://sink.test:4702"]}),
    ],
)
def test_this_machine_and_what_is_allowed_may_be_called_and_nothing_speaks_against_it(url, options):
    reply, network = sent(url, **options)

    assert reply.status == 200
    assert (network.urls, network.headers) == ([url], [{"X-A": "b"}])
    assert guard(network, **options).refusal(url) is None


@each_row(
    "url",
    [
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data",
        "http://0.0.0.0/",
        "http://[::]/",
        "http://[fe80::1]/",
        "http://127.0.0.1@10.0.0.1/",
        "http://2130706433.example.invalid/",
    ],
)
def test_another_machine_is_refused_with_what_would_allow_it(url):
    reply, network = sent(url)

    assert reply.reason.startswith("refused by the outbound guard: ")
    assert "allow " in reply.reason
    assert network.urls == []


@each_row(
    "url",
    [
        "",
        "nonsense",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "http://",
        "http:///x",
        "http://[::1/",
        "http://127.0.0.1:port/",
        "http://127.0.0.1:99999/",
        "http://evil.example\\@127.0.0.1/",
        "http://127.0.0.1\\.evil.example/",
        "http://127.0.0.1 /",
        "http://127.0.0.1/\r\nHost: evil.example",
    ],
)
def test_what_readers_of_urls_would_not_agree_on_is_refused(url):
    """For the backslash, one reads this machine after the @, and another the stranger before it."""
    reply, network = sent(url)

    assert "is not a URL" in reply.reason
    assert network.urls == []


@each_row("url", ["https://localhost/", "http://app.localhost:3000/"])
def test_nothing_speaks_against_names_of_this_machine(url):
    assert guard(Recorded()).refusal(url) is None


def test_a_name_of_this_machine_is_called_at_its_address():
    reply, network = sent("http://localhost:8000/hook")

    assert reply.status == 200
    assert network.urls[0] in {"http://127.0.0.1:8000/hook", "http://[::1]:8000/hook"}
    assert network.headers[0] == {"Host": "localhost:8000", "X-A": "b"}


def test_of_several_addresses_each_is_tried_until_one_is_not_refused():
    reply, network = sent("http://localhost:8000/hook", reply=NoReply(reason="connection refused"))

    assert reply.reason == "connection refused"
    assert len(network.urls) == len(set(network.urls)) >= 1


@given(st.text(alphabet=st.sampled_from("http:/@.\\[]127evil#?% \t"), max_size=40))
def test_no_url_breaks_the_guard(text):
    reply, _ = sent(f"http://127.0.0.1{text}")

    assert isinstance(reply, NoReply) or reply.status == 200


@each_row(
    ("url", "said"),
    [
        ("http://10.0.0.1/", "the outbound guard refuses what goes to 10.0.0.1; allow 10.0.0.1"),
        (
            "https://Hooks.example/x",
            "the outbound guard refuses what goes to hooks.example, unless that stands for this machine; allow hooks.example",
        ),
        (
            "ftp://127.0.0.1/",
            "'ftp://127.0.0.1/' is not a URL of http or https, so nothing can be sent there",
        ),
        ("127.0.0.1:8000", "'127.0.0.1:8000' is not a URL of http or https, so nothing can be sent there"),
        ("", "'' is not a URL of http or https, so nothing can be sent there"),
        ("http://[", "'http://[' is not a URL: its host or its port cannot be read"),
    ],
)
def test_what_speaks_against_a_url_is_said_without_looking_its_host_up(url, said, monkeypatch):
    monkeypatch.delattr("socket.getaddrinfo", raising=False)

    assert guard(Recorded()).refusal(url) == said


@given(st.text())
def test_what_speaks_against_any_url_can_be_said(url):
    said = guard(Recorded()).refusal(url)

    assert said is None or (isinstance(said, str) and said)
