"""Two workspaces of one stack, one restored from the other's snapshot: all ids, tokens and counters are equal in both.

Names that the calls bring, such as Ada, are others in the twin, letter by letter, so that an answer with the other's is seen.
"""

import codecs
import json
import re

from differences import Comparison, Renames
from msgspec.structs import replace
from replaying import request_text, sent
from sequences import URLS, Body

NAME = re.compile(r"(?<![\w/])[A-Z][a-z]+(?![\w/])")
PART = re.compile("[A-Za-z]{3,}")
FROM_THE_NAMES = re.compile(r"^etag$|Elements-Webhook-Signature$|^\.secret$")
TRIALS = {".untried", ".fix", ".tries"}
IDS = ("/organizations/me", "/accounts", "/users")
"""Where the ids stand that follow from a workspace's name."""


class Twins:
    """A workspace in which a sequence begins, and another that is as it is.

    Args:
        stack: that has the workspace.
        name: of the workspace.
        sequence: whose calls are made in both.
        known: names that mean something to a service, and stay as they are.
    """

    def __init__(self, stack, name, sequence, known):
        self._stack = stack
        self.original = stack.workspace(name)
        self.twin = stack.new_workspace(name=other(name), seed=1)
        begun = self.original.snapshot()
        self.twin.restore(begun)
        names = dict(zip(names_of(self.original), names_of(self.twin), strict=True))
        for each in (self.original, self.twin):  # as if nobody had asked for names
            each.restore(begun)
        brought = {word for call in sequence.calls for word in names_in(call.body.text)} - known
        brought -= {
            word for call in sequence.calls if is_malformed(call) for word in NAME.findall(call.body.text)
        }
        sought = {part.lower() for call in sequence.calls for part in PART.findall(call.target)} - brought
        brought = {
            each for each in brought if not any(map(each.lower().startswith, sought))
        }  # else none is found
        self._renames = Renames.of({each: other(each) for each in sorted(brought)} | names)
        self._drawn = Renames([request_text(call) for call in sequence.calls])

    def differences(self, number, call):
        """Make a call to the twin that the original was made, and return what it answers otherwise."""
        self._drawn.number = number
        headers = {name: self._renames.apply(value) for name, value in call.headers.items()}
        body = Body(self._renames.apply(call.body.text), call.body.raw)
        here = replace(call, target=self._renames.apply(call.target), headers=headers, body=body)
        answer = sent(self._stack, here, self._drawn)
        headers = [(name, self._renames.back(value)) for name, value in answer.headers]
        body = Body(self._renames.back(answer.body.text), answer.body.raw)
        found = Comparison(call.route, self._drawn).of(
            call.answer, replace(answer, headers=headers, body=body)
        )
        return [each for each in without_trials(found) if not FROM_THE_NAMES.search(each.place)]


def without_trials(found):
    """Leave out what replays of a workspace's story find: twins begin with a restored snapshot, so that nothing is tried."""
    return [each for each in found if each.place not in TRIALS]


def is_malformed(call):
    """Whether a call's JSON does not parse: the answer then has single letters of it, which are no names."""
    if "json" not in call.headers.get("Content-Type", ""):
        return False
    try:
        json.loads(call.body.text)
    except ValueError:
        return True
    return False


def state(clients, service):
    """Return all that services remember of a workspace: one of the vendors' can reach no other, the platform all."""
    return {each: snapshot(clients, each) for each in (URLS if service == "platform" else (service,))}


def snapshot(clients, service):
    """Return what one service remembers of a workspace."""
    whose = f"?workspace={clients.credentials.name}" if service == "sink" else ""
    return getattr(clients, service).call("POST", f"/_local/snapshot{whose}")


def names_of(clients):
    """Return what names a workspace: its credentials and addresses, the CRM's instance, and the ids of its account."""
    shown = [clients.platform.call("GET", f"/elements/api-v2{path}") for path in IDS]
    ids = [each["id"] for some in shown for each in (some if isinstance(some, list) else [some])]
    credentials = clients.credentials
    return [*credentials.to_json().values(), credentials.name.capitalize(), *map(str, ids)]


def other(name):
    """Return what is called by this name in the twin; it is as long."""
    return codecs.encode(name, "rot13")


def names_in(text):
    """Return the names in the values of a JSON text; other texts have none."""
    try:
        value = json.loads(text)
    except ValueError:
        return set()
    return set(NAME.findall(" ".join(_texts(value))))


def _texts(value):
    match value:
        case str():
            yield value
        case dict() | list():
            for each in value.values() if isinstance(value, dict) else value:
                yield from _texts(each)
