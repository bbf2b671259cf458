"""The page of the Python API, made of signatures and docstrings: ``poe pages`` writes it."""

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from itertools import pairwise
from typing import NamedTuple

_INTRODUCTION = """\
# The Python API

Every name that a test suite may import: what it takes, returns and raises, and an example. mypy reads the types: the packages have
`py.typed`. What is not on this page, nor among the [fixtures](testing.md#fixtures), is private, and may change with any release;
[what is stable](stability.md) says how the rest may.

`from elements_local import` takes the names used most: `Options`, `Stack`, `in_process`, `on_ports`, `Receiver`, `instance_body`,
`poller_entry`, `HarnessError`. Import others from the module that their heading names.

Examples use the fixtures' names. Each begins in a new workspace at `2026-03-02T10:00:01Z`, in which `instance` is the guide's
instance, and `contact` a contact of the CRM, Ada Lovelace, made at that second. An instant is ISO 8601 text in UTC, as that
one; a number of seconds has a name that ends in `_s`; `Fields` is `Mapping[str, object]`, a JSON object. Every method that calls a service also raises `UnreachableError` if no answer
comes, and `CallError` if the answer is not a success: the lists name the cases that you may want to tell apart.
"""

API: Sequence[tuple[str, str, Mapping[str, str]]] = (
    (
        "Clients",
        "Fixtures give these; so do `Stack.workspace()` and `Stack.new_workspace()`. Each of the services' clients can send any call.",
        {
            "elements_local.clients.WorkspaceClients": "reset, snapshot, restore",
            "elements_local.clients.Credentials": "",
            "elements_local.clients.ClockClient": "now, show, set, advance",
            "elements_local.clients.PlatformClient": "create_instance, patch_instance, delete_instance, events, polls, poll, audit, "
            "explain, pollers, hub",
            "elements_local.clients.CrmClient": "create, update, delete, get, changes, seed, script_faults",
            "elements_local.clients.SinkClient": "callbacks, wait, verify, replay, relay, respond",
            "elements_local.clients.ServiceClient": "call, send",
        },
    ),
    (
        "The guide's instance",
        "",
        {"elements_local.guide.instance_body": "", "elements_local.guide.poller_entry": ""},
    ),
    (
        "Starting a stack",
        "The fixture `elements_stack` gives a `Stack`, and `elements_settings` returns `Options`.",
        {
            "elements_local.start.Options": "",
            "elements_local.start.in_process": "",
            "elements_local.start.on_ports": "",
            "elements_local.stack.stack.Stack": "workspaces, workspace, new_workspace, delete_workspace, reset_all",
        },
    ),
    (
        "Your own receiver",
        "[Your own receiver](receiver.md) has whole tests.",
        {
            "elements_local.receiving.Receiver": "",
            "elements_local.certify.certify": "",
            "elements_local.certify.Scorecard": "passed, verdict, failed, count, to_json",
        },
    ),
    (
        "Errors",
        "",
        {
            "elements_local.errors.HarnessError": "",
            "elements_local.errors.CallError": "",
            "elements_local.errors.UnreachableError": "",
            "elements_local.errors.OptionError": "",
        },
    ),
)
"""Sections: title, what is said first, and dotted names, each with the members that belong to it."""

_SECTION = re.compile(r"^(Args|Attributes|Returns|Raises|Example):\n", re.MULTILINE)
_ITEM = re.compile(r"^([\w, ]+): ", re.MULTILINE)
_MOST_COLUMNS = 100


class Documented(NamedTuple):
    """A public name.

    Attributes:
        name: dotted, with the module.
        called: what comes after the module.
        member: the class, function, method or property.
    """

    name: str
    called: str
    member: object

    @property
    def function(self) -> object:
        """What has docstring and source: a property's getter."""
        return self.member.fget if isinstance(self.member, property) else self.member

    @property
    def sections(self) -> dict[str, str]:
        """The parts of the docstring by their heads; what stands before them is under an empty one."""
        parts = _SECTION.split(inspect.getdoc(self.function) or "")
        bodies = [textwrap.dedent(body).strip() for body in parts[2::2]]
        return {"": parts[0].strip(), **dict(zip(parts[1::2], bodies, strict=True))}


def documented() -> Iterator[Documented]:
    """Yield every public name, in the page's order."""
    for _, _, names in API:
        yield from (each for name, members in names.items() for each in _with_members(name, members))


def _with_members(name: str, members: str) -> Iterator[Documented]:
    module, _, called = name.rpartition(".")
    found = getattr(import_module(module), called)
    yield Documented(name, called, found)
    for member in filter(None, members.split(", ")):
        yield Documented(f"{name}.{member}", f"{called}.{member}", getattr(found, member))


def python_api() -> Iterator[str]:
    """Yield the page's lines."""
    yield _INTRODUCTION
    for title, first, names in API:
        yield f"## {title}\n"
        if first:
            yield f"{first}\n"
        for name, members in names.items():
            for each in _with_members(name, members):
                yield from _entry(each)


def _entry(each: Documented) -> Iterator[str]:
    is_member = each.called.count(".")
    yield f"{'####' if is_member else '###'} {each.called}\n"
    if not is_member:
        yield f"`from {each.name.rpartition('.')[0]} import {each.called}`\n"
    sections = each.sections
    yield f"{_plain(sections.pop(''))}\n"
    if shown := signature(each):
        yield f"```text\n{shown}\n```\n"
    for head, body in sections.items():
        if head == "Example":
            yield f"```pycon\n{body}\n```\n"
        elif head == "Returns":
            yield f"**Returns** {_plain(body)}\n"
        else:
            yield f"**{head}**\n"
            yield from (f"- {item}" for item in _items(body))
            yield ""


def _plain(text: str) -> str:
    return text.replace("``", "`")


def items(body: str) -> dict[str, str]:
    """Return what a list of a docstring says, by names, of which several may stand before one text."""
    starts = [found.start() for found in _ITEM.finditer(body)]
    parts = [" ".join(body[at:end].split()) for at, end in pairwise([*starts, len(body)])]
    return dict(part.split(": ", 1) for part in parts)


def _items(body: str) -> Iterator[str]:
    for names, text in items(body).items():
        yield f"{', '.join(f'`{name}`' for name in names.split(', '))}: {_plain(text)}"


def signature(each: Documented) -> str:
    """Return how a name is called, as its source has it; nothing for an error, which nobody makes."""
    if isinstance(each.member, type):
        return "" if issubclass(each.member, Exception) else _of_class(each)
    source = textwrap.dedent(inspect.getsource(each.function))
    node = ast.parse(source).body[0]
    returned = _source(source, node.returns)
    if any(isinstance(one, ast.Name) and one.id == "contextmanager" for one in node.decorator_list):
        returned = returned.replace("Iterator", "AbstractContextManager")
    if isinstance(each.member, property):
        return f"{each.called}: {returned}"
    return _call(each.called, _parameters(source, node.args), f" -> {returned}")


def _of_class(each: Documented) -> str:
    """Return how a value is made of its documented fields; the attributes of one that nobody makes stand in its list."""
    described = {name for names in items(each.sections.get("Attributes", "")) for name in names.split(", ")}
    if "Client" in each.called or each.called == "Stack":
        return ""
    source = textwrap.dedent(inspect.getsource(each.function))
    (node,) = (one for one in ast.parse(source).body if isinstance(one, ast.ClassDef))
    fields = [one for one in node.body if isinstance(one, ast.AnnAssign) and one.target.id in described]
    return _call(each.called, ["*", *(_field(source, one) for one in fields)], "")


def _field(source: str, node: ast.AnnAssign) -> str:
    default = node.value
    if isinstance(default, ast.Call):
        made = {keyword.arg: _source(source, keyword.value) for keyword in default.keywords}
        text = made.get("default") or f"{made['default_factory']}()"
    else:
        text = _source(source, default)
    return f"{node.target.id}: {_source(source, node.annotation)}" + (f" = {text}" if text else "")


def _parameters(source: str, arguments: ast.arguments) -> list[str]:
    placed = [*arguments.posonlyargs, *arguments.args]
    defaults = [None] * (len(placed) - len(arguments.defaults)) + arguments.defaults
    shown = [
        _parameter(source, *each) for each in zip(placed, defaults, strict=True) if each[0].arg != "self"
    ]
    if arguments.vararg:
        shown.append(f"*{_parameter(source, arguments.vararg, None)}")
    elif arguments.kwonlyargs:
        shown.append("*")
    named = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    shown += [_parameter(source, *each) for each in named]
    return shown + ([f"**{_parameter(source, arguments.kwarg, None)}"] if arguments.kwarg else [])


def _parameter(source: str, parameter: ast.arg, default: ast.expr | None) -> str:
    text = f"{parameter.arg}: {_source(source, parameter.annotation)}"
    return text if default is None else f"{text} = {_source(source, default)}"


def _source(source: str, node: ast.expr | None) -> str:
    """Return what stands in the source for a node, a type in quotes without them."""
    if node is None:
        return ""
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        return node.value if " " in node.value or node.value[0].isupper() else f'"{node.value}"'
    return " ".join((ast.get_source_segment(source, node) or "").split())


def _call(called: str, parameters: Sequence[str], returned: str) -> str:
    line = f"{called}({', '.join(parameters)}){returned}"
    if len(line) <= _MOST_COLUMNS:
        return line
    return "\n".join([f"{called}(", *(f"    {each}," for each in parameters), f"){returned}"])
