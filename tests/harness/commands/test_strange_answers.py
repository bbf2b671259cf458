"""What answers at a URL may be anybody: every command says so in a sentence, and ends with exit status 2."""

import json

import pytest
from command import call, every_command
from pytest_httpserver import HTTPServer
from werkzeug import Response

from elements_local.commands.tenant_replay.tenant import OWN_NAME

URLS = ["--platform-url", "{url}", "--crm-url", "{url}", "--sink-url", "{url}"]
CALLS = {
    "clock show": URLS,
    "clock set": ["2026-03-02T10:00:00Z", *URLS],
    "clock advance": ["15m", *URLS],
    "clock follow": ["{recorded}", *URLS],
    "clock real": URLS,
    "clock virtual": URLS,
    "exec": [*URLS, "--", "true"],
    "explain": URLS,
    "audit": URLS,
    "trigger": ["contacts", "created", *URLS],
    "listen": URLS,
    "record": ["-o", "{recorded}", *URLS],
    "lint": URLS,
    "sweep": URLS,
    "seed": URLS,
    "reset": URLS,
    "workspace list": URLS,
    "workspace create": ["mine", *URLS],
    "workspace delete": ["mine", *URLS],
    "postman": ["--stack", "{url}"],
    "replay": ["{scenario}", "--target", "{url}", "--crm-url", "{url}", "--sink-url", "{url}"],
    "replay --tenant": ["{tenant}", "--clean", "--yes"],
}
BESIDES = ("0 passed, 0 failed, 1 not run", "listening at ")
SCENARIO = "scenario: it\nsteps:\n  - advance: 15m\n"
WORKSPACE = {
    "name": "default", "organization_secret": "o", "user_secret": "u", "crm_username": "c", "crm_api_key": "k",
    "callback_url": "http://127.0.0.1:9/",
}  # fmt: skip


def text(body, status=200, **headers):
    return lambda url: Response(body.replace("URL", url), status, headers=headers)


def whole(**differs):
    """Return answers that have all keys that are read first, so that those come to be read that are read later."""
    body = {"service": "platform", "crm": "URL", "sink": "URL", "workspaces": [WORKSPACE], "next": None}
    return text(json.dumps(body | differs))


ANSWERS = {
    "a page": text("<html>Sign in</html>"),
    "nothing": text(""),
    "null": text("null"),
    "a number": text("5"),
    "a text": text('"default"'),
    "a list": text("[]"),
    "a list of other things": text('[5, null, "x", [], {"name": 5}]'),
    "an object": text("{}"),
    "workspaces that are none": text('{"service": "platform", "crm": 5, "sink": null, "workspaces": 5}'),
    "workspaces of other things": text('{"service": "platform", "workspaces": [5]}'),
    "addresses that are none": text('{"service": "platform", "crm": "http://[", "sink": "http://x:y"}'),
    "a workspace and nothing else": whole(),
    "other things under the right names": whole(
        now=5, mode=[], pollers=[5], changes=[5], callbacks=[5], activities=5, last="x", instances=7, **WORKSPACE
    ),
    "a next page at another host": whole(pollers=[], changes=[], callbacks=[], next="@127.0.0.1:9/"),
    "pages in a circle": whole(pollers=[], changes=[], callbacks=[], next="/_local/changes"),
    "deep": text("[" * 100_000),
    "a redirect": text("", 302, Location="URL/again"),
    "a body that is not encoded as it says": text("{", **{"Content-Encoding": "gzip"}),
}  # fmt: skip


class Stranger(HTTPServer):
    """Answers every request alike."""

    answer = staticmethod(text(""))

    def application(self, request):
        self.asked.append(f"{request.method} {request.environ['RAW_URI']}")
        return self.answer(f"http://{self.host}:{self.port}")


@pytest.fixture(scope="module")
def stranger():
    server = Stranger(threaded=True)
    server.asked = []
    server.start()
    yield server
    server.clear()
    server.stop()


@pytest.fixture
def ran(stranger, tmp_path):
    """Return a function that runs a command against what answers so."""
    scenario, tenant = tmp_path / "it.yaml", tmp_path / "tenant.yaml"
    url = f"http://{stranger.host}:{stranger.port}"
    scenario.write_text(SCENARIO)
    tenant.write_text(json.dumps({"platform_url": url, "crm_url": url, "callback_url": url}))
    secrets = {
        f"ELEMENTS_LOCAL_TENANT_{name}": "x"
        for name in ("USER_SECRET", "ORGANIZATION_SECRET", "CRM_USERNAME", "CRM_API_KEY")
    }

    def run(command, answer):
        stranger.asked.clear()
        stranger.answer = answer
        words = [
            word.format(url=url, scenario=scenario, tenant=tenant, recorded=tmp_path / "recorded.yaml")
            for word in [*command.split(), *CALLS[command]]
        ]
        return call(*words, **secrets)

    return run


CHANGES_ONLY = {"seed", "reset", "workspace delete"}
"""Commands whose calls are answered by an object in which nothing is read."""

GOOD = {
    "a list": {"replay --tenant"},
    "an object": {"workspace delete"},
    "workspaces that are none": {"workspace delete"},
    "workspaces of other things": {"workspace delete"},
    "addresses that are none": {"workspace delete"},
    "a workspace and nothing else": {*CHANGES_ONLY, "workspace list"},
    "other things under the right names": {*CHANGES_ONLY, "workspace list", "workspace create"},
    "a next page at another host": {*CHANGES_ONLY, "workspace list", "audit"},
    "pages in a circle": {*CHANGES_ONLY, "workspace list", "audit"},
}
"""Answers that say all that some commands want to know."""


def test_every_command_that_calls_a_url_is_tried():
    with_urls = {
        " ".join(words)
        for words, command in every_command()
        if {"platform_url", "url", "target", "tenant"} & {param.name for param in command.params}
    }

    assert with_urls - {"up", "certify receiver", "clock", "workspace"} == {*CALLS} - {"replay --tenant"}


@pytest.mark.parametrize("answer", ANSWERS)
def test_a_stranger_is_called_one_by_every_command(ran, stranger, answer):
    for command in CALLS:
        done = ran(command, ANSWERS[answer])

        assert stranger.asked, f"{command} calls nobody: {done.stderr}"
        if command in GOOD.get(answer, ()):
            assert done.returncode == 0, done
        else:
            assert done.returncode == 2, done
            (said,) = [line for line in done.stderr.splitlines() if not line.startswith(BESIDES)]
            assert said.startswith("elements-local: "), done


def test_a_body_without_end_is_cut(ran):
    def endless(_url):
        return Response(b" " * (1 << 20) for _ in range(200))

    assert "longer than 64 MiB" in ran("clock show", endless).stderr


OURS = f"{OWN_NAME} (1) it"


@pytest.mark.parametrize(
    ("number", "deletes"),
    [
        ("../../x", "/instances/..%2F..%2Fx"),
        ("7?a=b#c", "/instances/7%3Fa%3Db%23c"),
        (7, "/instances/7"),
        ("..", None),
        ("", None),
    ],
)
def test_an_id_is_one_segment_of_a_path(ran, stranger, number, deletes):
    def answer(_url):
        is_list = stranger.asked[-1].startswith("GET /instances")
        return Response(json.dumps([{"id": number, "name": OURS}] if is_list else []))

    done = ran("replay --tenant", answer)

    assert [each for each in stranger.asked if each.startswith("DELETE")] == (
        [f"DELETE {deletes}"] if deletes else []
    )
    assert done.returncode == (0 if deletes else 2), done
