"""What a release promises to keep, as it is at present: ``poe release-fixtures`` writes it for the release that is being made.

A fixture of a release that is out is never written anew: later releases have to read it.
"""

import inspect
import json
from pathlib import Path

import click
import python_api
from filled_workspace import FilledWorkspace

from elements_local.commands.cli import cli
from elements_local.scenarios.scenario import json_schema
from elements_local.scenarios.verbs import VERBS
from elements_local.stack.stack_settings import every_setting
from elements_local.start import in_process
from elements_local.testing import markers, pytest_plugin

RELEASE = Path(__file__).parents[1] / "contract" / "release_0_1"
CALLS = (
    *(("platform", "GET", f"/_local/{path}", None) for path in (
        "activity", "audit?instanceId={instance}", "clock", "deliveries", "emails", "explain?instanceId={instance}&resource=contacts&recordId={record}&cures=false",
        "faults", "health", "journal", "journal/calls", "lint?instanceId={instance}", "lint/rules", "pollers", "polls",
        "warnings?instanceId={instance}", "workspaces",
    )),
    *(("crm", "GET", f"/_local/{path}", None) for path in ("changes", "export", "faults", "health", "journal", "records?kind=contacts")),
    *(("sink", "GET", f"/_local/{path}", None) for path in (
        "callbacks?workspace={workspace}", "callbacks.json?workspace={workspace}", "faults", "forwards?bin={workspace}", "health",
        "journal", "responses?bin={workspace}", "signature-keys?bin={workspace}",
    )),
    ("sink", "POST", "/_local/callbacks/wait?workspace={workspace}", {"count": 1}),
    ("sink", "POST", "/_local/callbacks/verify?workspace={workspace}", {"at_least": 1}),
    ("platform", "POST", "/_local/lint", {"element": {"key": "insightly"}, "configuration": {}}),
    ("platform", "POST", "/_local/snapshot", None),
    ("crm", "POST", "/_local/snapshot", None),
    ("sink", "POST", "/_local/snapshot?workspace={workspace}", None),
    ("platform", "POST", "/_local/clock/advance", {"duration": "15m"}),
    ("platform", "POST", "/_local/polls", {}),
    ("platform", "PUT", "/_local/clock", {"now": "2026-03-03T10:00:00Z"}),
    ("platform", "POST", "/_local/workspaces", {"name": "promised"}),
    ("platform", "POST", "/_local/reset", None),
)  # fmt: skip
"""Service, method, path and body of admin calls, in an order in which each has something to tell."""


def names():
    """Return all that is called by a name: kind -> names, or name -> what belongs to it."""
    schema = json_schema()
    return {
        "fixtures": sorted(name for name in vars(pytest_plugin) if name.startswith("elements_")),
        "markers": {
            markers.CHOICES: list(markers.WorkspaceChoices.__struct_fields__),
            markers.FAULTS: [],
        },
        "commands": dict(commands(click.Context(cli))),
        "scenario": {"keys": list(schema["properties"]), "verbs": list(VERBS)}
        | {verb.name: list(verb.forms) for verb in VERBS.values() if verb.forms},
        "settings": list(every_setting()),
        "python": {name: parameters(each) for name, each in documented().items()},
    }


def documented():
    """Return what the page of the Python API speaks of: dotted name -> the class, function, method or property."""
    return {each.name: each.member for each in python_api.documented()}


def parameters(member):
    """Return the names of what a class, a function or a method takes; nobody calls a property, or makes an error."""
    if isinstance(member, property) or (isinstance(member, type) and issubclass(member, Exception)):
        return []
    return [name for name in inspect.signature(member).parameters if name != "self"]


def commands(group, *above):
    """Yield each command with its arguments and options."""
    for name in group.command.list_commands(group):
        command = group.command.get_command(group, name)
        words = (*above, name)
        if isinstance(command, click.Group):
            yield from commands(click.Context(command), *words)
            # what is meant where the group's name stands alone
            command = command.commands.get(getattr(command, "default", None))
        if command is not None:
            yield " ".join(words), [each for parameter in command.params for each in parameter.opts]


def answers(workspace):
    """Return the keys of admin routes' answers, and of the objects in their lists."""
    contact = workspace.crm.call("GET", "/v3.1/Contacts")[0]["CONTACT_ID"]
    instance = workspace.platform.pollers()[0]["instanceId"]
    ids = {"workspace": workspace.credentials.name, "instance": instance, "record": contact}
    return {
        f"{service} {method} {path}": keys(
            getattr(workspace, service).call(method, path.format(**ids), json=body)
        )
        for service, method, path, body in CALLS
    }


def keys(answer):
    """Return the keys of an object, each with those that all objects in its list have."""
    return {
        key: sorted(set.intersection(*map(set, value))) if is_rows(value) else []
        for key, value in answer.items()
    }


def is_rows(value):
    return isinstance(value, list) and bool(value) and all(isinstance(each, dict) for each in value)


def main():
    with in_process() as stack:
        snapshot = FilledWorkspace(stack.workspace()).clients.snapshot()
    with in_process() as stack:
        clients = stack.workspace()
        clients.restore(snapshot)
        kept = {**names(), "answers": answers(clients)}
    (RELEASE / "snapshot.json").write_text(json.dumps(snapshot) + "\n", encoding="utf-8")
    (RELEASE / "names.json").write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
