"""A plugin of pytest that notes every call of a test to a stack: ``pytest -p recorder``, with ``CORPUS_RECORDING=FOLDER``.

It comes before whatever imports ``in_process``, and hands out stacks whose ``http`` takes notes.
"""

import os
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from threading import current_thread, main_thread
from zlib import crc32

import pytest
from sequences import URLS, Answer, Body, Call, Sequence, Setup, lines

from elements_local import start
from elements_local.kit.api.json_text import decode, encode
from elements_local.kit.http_message import NO_HEADERS

FOLDER = Path(os.environ["CORPUS_RECORDING"])


class Notes:
    """The calls of the test that runs, and of the fixtures that several tests share, by the stack that they go to."""

    def __init__(self):
        self.calls = defaultdict(list)
        self.cannot_replay = set()
        self._seeds = 0
        self._shared = {}

    def begin(self, item):
        self.calls, self._seeds = defaultdict(list), crc32(item.nodeid.encode())
        self.cannot_replay = set()

    def seed(self):
        """Return the seed of a workspace for which none was chosen; it follows from the test."""
        self._seeds += 1
        return self._seeds

    @contextmanager
    def fixture(self, fixture):
        """Keep the calls of a fixture apart, for all tests that use it."""
        calls, self.calls = self.calls, defaultdict(list)
        try:
            yield
        finally:
            self._shared.pop(fixture, None)
            self._shared[fixture], self.calls = self.calls, calls

    def end(self, item):
        """Write what was noted of the test, one sequence for each stack."""
        definitions = item._fixtureinfo.name2fixturedefs if hasattr(item, "_fixtureinfo") else {}
        used = {each for same in definitions.values() for each in same}
        before = [calls for fixture, calls in self._shared.items() if fixture in used]
        made = [
            Sequence(
                name=item.nodeid + (f" #{number}" if number else ""),
                setup=http.setup,
                calls=[call for calls in (*before, self.calls) for call in calls.get(http, ())],
            )
            for number, http in enumerate(self.calls)
            if http.setup and http not in self.cannot_replay
        ]
        if made:
            name = sha256(item.nodeid.encode()).hexdigest()[:24]
            (FOLDER / f"{name}.jsonl").write_bytes(lines(made))


NOTES = Notes()


class RecordingHttp:
    """Sends as another does, and notes what came of it; URLs are noted as those of the usual ports.

    Attributes:
        setup: of the stack; None if data cannot say how it was started.
    """

    def __init__(self, stack, options):
        self._http = stack.http
        self._urls = stack.addresses.running
        self.setup = setup_of(options, stack.token)

    def send(self, method, url, *, headers=NO_HEADERS, body=b""):
        service = next((name for name, base in self._urls.items() if url.startswith(base)), None)
        target = url.removeprefix(self._urls.get(service, ""))
        if (method, target) == ("POST", "/_local/workspaces"):
            body = with_seed(body)
        reply = self._http.send(method, url, headers=headers, body=body)
        if service is None or current_thread() is not main_thread():
            NOTES.cannot_replay.add(self)  # it leaves the stack, or comes at no certain moment
            return reply
        answer = Answer.of(reply)
        NOTES.calls[self].append(
            Call(
                service=service,
                method=method,
                target=self._usual(target),
                headers={name: self._usual(value) for name, value in headers.items()},
                body=self._usual_body(Body.of(body)),
                answer=Answer(
                    status=answer.status,
                    headers=[(name, self._usual(value)) for name, value in answer.headers],
                    body=self._usual_body(answer.body),
                ),
            )
        )
        return reply

    def _usual(self, text):
        for name, url in self._urls.items():
            text = text.replace(url, URLS[name])
        return text

    def _usual_body(self, body):
        return Body(self._usual(body.text), body.raw)


def with_seed(body):
    """Return what makes a workspace, with a seed wherever one would be drawn."""
    try:
        chosen = decode(body) if body else {}
    except ValueError:
        return body
    if not isinstance(chosen, dict) or "seed" in chosen:
        return body
    return encode(chosen | {"seed": NOTES.seed()})


def setup_of(options, token):
    """Return how a stack is started, as data; None where data cannot say it."""
    if options.connectors or options.role == "worker":
        return None
    environment = {
        name: each for name, each in options.environment.items() if name.startswith("ELEMENTS_LOCAL_")
    }
    same = {name: getattr(options, name) for name in ("role", "start", "mode", "speed", "seed", "records")}
    host = "127.0.0.1" if options.host == "localhost" else options.host
    return Setup(environment=environment, host=host, token=token, **same)


def recording(starting):
    """Return what starts a stack whose calls are noted."""

    @contextmanager
    def started(options=None, **how):
        chosen = options or start.Options()
        with starting(chosen, **how) as stack:
            yield replace(stack, http=RecordingHttp(stack, chosen))

    return started


start.in_process = recording(start.in_process)
start.on_ports = recording(start.on_ports)


@pytest.hookimpl(hookwrapper=True)
def pytest_fixture_setup(fixturedef):
    if fixturedef.scope == "function":
        yield
        return
    with NOTES.fixture(fixturedef):
        yield


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_protocol(item):
    NOTES.begin(item)
    yield
    NOTES.end(item)
