"""Calls that no test makes; ``poe corpus --record tests/corpus/extra_calls.py`` runs them as tests, and nothing else does.

A document of `extra/*.yaml` has a ``name``, the ``environment`` of its stack, and ``calls``, each with the service, if that is not the
platform, a method and a path, and perhaps a ``body``; ``keep`` says what of the answer (variable: key) later ``{{variables}}`` are,
``status`` that it is no success.
"""

import json
import re
from base64 import b64encode
from pathlib import Path

import pytest
import yaml
from sequences import URLS

from elements_local.start import Options, in_process

DOCUMENTS = [
    each
    for path in sorted((Path(__file__).parent / "extra").glob("*.yaml"))
    for each in yaml.safe_load_all(path.read_text("utf-8"))
]
BASE = "/elements/api-v2"
VARIABLE = re.compile(r"\{\{(\w+)\}\}")


class Caller:
    """Calls a stack as the user of one workspace.

    Attributes:
        known: variables with their values.
    """

    def __init__(self, http, **choices):
        self._http = http
        self._credentials = {}
        made = json.loads(self.send("platform", "POST", "/_local/workspaces", choices).body)
        self.known = made | {"workspace": made["name"]}
        self._credentials = {
            "platform": f"User {made['user_secret']}, Organization {made['organization_secret']}",
            "crm": "Basic " + b64encode(f"{made['crm_api_key']}:".encode()).decode(),
        }

    def send(self, service, method, target, body=None, headers=None):
        sent = {"Authorization": self._credentials[service]} if service in self._credentials else {}
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        sent |= {"Content-Type": "application/json"} if content and content is not body else {}
        return self._http.send(method, URLS[service] + target, headers=sent | (headers or {}), body=content)

    def step(self, step):
        """Make a call of a document, and keep what it names of the answer."""
        *named, method, path = self._filled(step["call"]).split(" ")
        service = named[0] if named else "platform"
        is_below_base = service == "platform" and not path.startswith(
            ("/_local", "/elements/api-v1", "/elements/j_")
        )
        body = json.loads(self._filled(json.dumps(step.get("body"))))
        reply = self.send(
            service,
            method,
            BASE * is_below_base + path,
            body.encode() if isinstance(body, str) else body,
            json.loads(self._filled(json.dumps(step.get("headers")))),
        )
        assert reply.status == step["status"] if "status" in step else 200 <= reply.status < 400, (
            step,
            reply,
        )
        if "keep" in step:
            value = json.loads(reply.body)
            value = value[0] if isinstance(value, list) else value
            self.known |= {name: value[key] for name, key in step["keep"].items()}

    def _filled(self, text):
        return VARIABLE.sub(lambda found: str(self.known[found[1]]), text)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda each: each["name"])
def test_calls(document):
    with in_process(Options(environment=document.get("environment", {}))) as stack:
        caller = Caller(stack.http, name="extra", seed=1)
        for step in document["calls"]:
            caller.step(step if isinstance(step, dict) else {"call": step})
