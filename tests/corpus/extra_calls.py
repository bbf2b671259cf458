"""Calls that no test makes; ``poe corpus --record`` runs them as tests, and nothing else does.

What is wanted is written in `extra/*.yaml`, and looped over for what the documents of platform and CRM have. A document of YAML
has a ``name``, the ``environment`` of its stack, and ``calls``, each with the service, if that is not the platform, a method and
a path, and perhaps a ``body``; ``keep`` says what of the answer (variable: key) later ``{{variables}}`` are, ``status`` that it
is no success.
"""

import json
import re
from base64 import b64encode
from collections import defaultdict
from pathlib import Path

import postman_collections
import pytest
import yaml
from documented_operations import FORMS, operations_of, sample
from filled_crm import DATE, FILE, FORM
from sequences import URLS

from elements_local.start import Options, in_process

DOCUMENTS = [
    each
    for path in sorted((Path(__file__).parent / "extra").glob("*.yaml"))
    for each in yaml.safe_load_all(path.read_text("utf-8"))
]
BASE = "/elements/api-v2"
ORDER = ("POST", "PUT", "PATCH", "GET", "DELETE")
VARIABLE = re.compile(r"\{\{(\w+)\}\}")
BESIDE = (
    "Users",
    "Teams",
    "Pipelines",
    "PipelineStages",
    "Contacts",
    "Organisations",
    "Projects",
    "ActivitySets",
)
"""Lists whose ids are sent to other kinds of record."""

PARENTS = {
    "Emails": ["/_local/records"],
    "Notes": ["/{version}/Contacts/{contact_id}/Notes"],
    "FileAttachments": ["/{version}/Contacts/{contact_id}/FileAttachments"],
    "TeamMembers": ["/{version}/Teams"],
    "Comments": ["/{version}/Tasks", "/{version}/Tasks/{task_id}/Comments"],
}
"""Where those are made that no list of their own takes."""

MAIL = {"resource": "Emails", "fields": {"SUBJECT": "mail"}}
CHILD = {
    "TITLE": "text",
    "BODY": "text",
    "STATUS": "NOT STARTED",
    "PUBLICLY_VISIBLE": True,
    "COMPLETED": False,
    "TEAM_NAME": "text",
    "ANONYMOUS_TEAM": False,
}
NOBODY = {"Authorization": "Basic bm9ib2R5Og=="}
DATES = ("occasion_date", "due_date", "start_date", "date_of_birth", "start_date_utc", "end_date_utc")
WORDS = {
    "file_name": "a.png",
    "field": "Photo__c",
    "tag_name": "text",
    "link_object_name": "Organisation",
    "object_name": "Contacts",
    **dict.fromkeys(DATES, DATE),
}
"""What the CRM takes by these names, beside ids."""


def grouped(service, group):
    """Return the operations of a service by what the function says of their paths, without those of which it says nothing."""
    groups = defaultdict(list)
    with in_process() as stack:
        for each in operations_of(stack):
            if each.service == service and not each.is_admin:
                groups[group(each.path)].append(each)
    return {name: ordered(operations) for name, operations in groups.items() if name}


def ordered(operations):
    """Return operations in an order in which what is asked for is there: parts are made once more before they go, the whole goes last."""
    by_length = sorted(operations, key=lambda each: len(each.path))
    first = sorted(by_length, key=lambda each: ORDER.index(each.method))
    deletes = [each for each in reversed(by_length) if each.method == "DELETE"]
    parts = [each for each in by_length if each.method == "POST" and "{" in each.path]
    return [*(each for each in first if each.method != "DELETE"), *parts, *deletes]


KINDS = grouped("crm", lambda path: "-".join(path.split("/")[1:3]) if path.startswith("/v") else None)
SUBJECTS = grouped("platform", lambda path: path.removeprefix(BASE).split("/")[1])


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

    def learn(self, reply):
        """Return what an answer shows, and keep the ids that it has by their names in lower case."""
        if reply.status not in {200, 201} or reply.body[:1] not in {b"{", b"["}:
            return None
        shown = json.loads(reply.body)
        for each in shown if isinstance(shown, list) else [shown]:
            ids = {name.lower(): of for name, of in each.items() if name.endswith("_ID") and of}
            self.known |= ids | {"id": next(iter(ids.values()), 1)}
        return shown

    def prepare(self, version, kind):
        """Keep the ids that operations of a kind need, and return what its list shows, by the list's path."""
        listed = []
        for other in BESIDE:
            self.learn(self.send("crm", "GET", f"/{version}/{other}"))
        for place in PARENTS.get(kind, ()):
            path = place.replace("{version}", version).format_map(self.known)
            content = {"Emails": (MAIL,), "FileAttachments": (FILE, FORM)}.get(kind, (CHILD,))
            self.learn(self.send("crm", "POST", path, *content))
        listed = self.learn(self.send("crm", "GET", f"/{version}/{kind}"))
        self.known |= WORDS | {"member_user_id": self.known["user_id"]}
        return {f"/{version}/{kind}": listed}

    def _filled(self, text):
        return VARIABLE.sub(lambda found: str(self.known[found[1]]), text)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda each: each["name"])
def test_calls(document):
    with in_process(Options(environment=document.get("environment", {}))) as stack:
        caller = Caller(stack.http, name="extra", seed=1)
        for step in document["calls"]:
            caller.step(step if isinstance(step, dict) else {"call": step})


@pytest.mark.parametrize("name", ["platform", "crm", "sink"])
def test_postman_collection(name):
    assert postman_collections.collection(name)


@pytest.mark.parametrize("subject", SUBJECTS)
def test_every_operation_of_a_subject_without_credentials(subject):
    with in_process() as stack:
        for operation in SUBJECTS[subject]:
            content_type, body = operation.body({})
            headers = {"Content-Type": content_type} if content_type else {}
            reply = stack.http.send(
                operation.method, URLS["platform"] + operation.target({}), headers=headers, body=body
            )
            assert reply.status < 500, (operation, reply)


@pytest.mark.parametrize("kind", KINDS)
def test_every_operation_of_a_kind(kind):
    """Each is asked for what is not there, with what it needs, with all that it may have, and with what is there already."""
    version, name = kind.split("-")
    with in_process() as stack:
        caller = Caller(stack.http, name="extra", seed=1, records=2)
        shown = caller.prepare(version, name)
        for operation in KINDS[kind]:
            if (
                "{" not in operation.path
                or caller.send("crm", operation.method, operation.target({})).status < 400
            ):
                caller.send("crm", operation.method, operation.target({}), headers=NOBODY)
            place = operation.path if operation.method == "POST" else operation.path.rpartition("/{")[0]
            for content in contents(operation, caller.known, shown.get(operation.path) or shown.get(place)):
                reply = caller.send("crm", operation.method, operation.target(caller.known), *content)
                if operation.method in {"POST", "PUT"}:
                    learned = caller.learn(reply)
                    shown |= {place: learned} if learned and operation.method == "POST" else {}


def contents(operation, known, shown):
    """Return what to send, as arguments of ``send``: the least that may be, all that may be, and what was shown."""
    media, schema = operation.media
    if media is None:
        return [()]
    if media in FORMS:
        return [(FILE, FORM)]
    if schema is None:
        return [(b"PNG", {"Content-Type": "image/png"})]
    least = sample(_required(schema, operation.document), operation.document, known)
    made = [least, sample(schema, operation.document, known)]
    shown = shown[-1] if isinstance(shown, list) and shown else shown
    made += [shown] if isinstance(shown, dict) and operation.method == "PUT" else []
    return [(each,) for at, each in enumerate(made) if each not in made[:at]]


def _required(schema, document):
    """Return a schema with nothing but what has to be there."""
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    names = set(schema.get("required", ()))
    return schema | {
        "properties": {name: each for name, each in schema.get("properties", {}).items() if name in names}
    }
