"""``vendor``: files that describe vendors, which `up --vendor` plays and polls."""

import json
import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from elements_local.clients.errors import OptionError
from elements_local.commands.command_line.options import configuration, examples
from elements_local.commands.command_line.output import force_option, print_result
from elements_local.commands.command_line.stacks import json_option
from elements_local.stack.output_files import OutputFile
from elements_local.stack.shape_errors import shown
from elements_local.stack.stack_settings import SharedSettings
from elements_local.stack.vendor_files import (
    VendorFileError,
    connector_of,
    in_time,
    json_schema,
    path_of,
    shipped,
    taken_names,
)
from elements_local.start import Options, in_process

if TYPE_CHECKING:
    from elements_local.platform.elements.connector import Connector

_PACKAGE = Path(__file__).parents[1]
_TEMPLATES = _PACKAGE / "commands" / "templates"
STARTER = _TEMPLATES / "vendor.yaml"
STARTERS = {path.stem: path for path in sorted((_TEMPLATES / "vendors").glob("*.yaml"))}
"""Vendor files to begin with, by what their vendors have that others have not."""
_SCHEMA = "vendor.schema.json"


@click.group(
    "vendor",
    epilog=examples(
        "elements-local vendor list",
        "elements-local vendor new acme",
        "elements-local vendor check acme.yaml",
        "elements-local up --vendor acme.yaml",
    ),
)
def vendor_command() -> None:
    """List, check and begin files that describe vendors: one file is a vendor's fake and its connector."""


@vendor_command.command(
    "list", epilog=examples("elements-local vendor list", "elements-local vendor list --json")
)
@json_option
def list_(*, as_json: bool) -> None:
    """List the vendors that are shipped, which `up --vendor NAME` takes by their names."""
    vendors = [
        {"name": name, "element": file.vendor, "title": file.name, "resources": [*file.resources]}
        for name, path in shipped().items()
        for file in [connector_of(path).file]
    ]
    lines = [f"{each['name']:<12} {each['title']}: {', '.join(each['resources'])}" for each in vendors]
    print_result({"vendors": vendors}, "\n".join(lines) or "none is shipped", as_json=as_json)


def _print_schema(ctx: click.Context, _parameter: click.Parameter, requested: bool) -> None:  # noqa: FBT001 - click's
    if requested:
        click.echo(json.dumps(json_schema(), indent=2))
        ctx.exit()


@vendor_command.command(
    epilog=examples("elements-local vendor check acme.yaml", "elements-local vendor check acme.yaml --json")
)
@click.argument("file")
@click.option(
    "--schema",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_schema,
    help="Print the JSON Schema of vendor files, for editors, and stop.",
)
@json_option
@click.pass_context
def check(ctx: click.Context, /, *, file: str, as_json: bool) -> None:
    """Say what is wrong with a FILE, or a shipped vendor's, each mistake with its line; exit 1 if anything is."""
    path = path_of(file)
    try:
        own_names = SharedSettings.from_env(configuration(ctx).environment()).served_as
        connector = connector_of(path, own_names)
        in_time(path, partial(_play, connector))
    except OptionError as error:
        mistakes = error.mistakes if isinstance(error, VendorFileError) else [f"{path}:1:1: {error}"]
        print_result({"file": str(path), "mistakes": mistakes}, "\n".join(mistakes), as_json=as_json)
        ctx.exit(1)
    said = f"{path}: good: {connector.file.name}, with {', '.join(connector.file.resources)}"
    print_result({"file": str(path), "mistakes": []}, said, as_json=as_json)


def _play(connector: "Connector") -> None:
    """Start a stack and end it, which adds the routes of hooks, as ``up`` does."""
    with in_process(Options(connectors=(connector,))):
        pass


def _is_schema(content: bytes) -> bool:
    """Say whether a file is the schema, of whichever version."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return False
    return isinstance(document, dict) and document.get("title") == json_schema()["title"]


def _begun(name: str, like: str | None) -> str:
    """Return the text of a file to begin with."""
    if like is None:
        return STARTER.read_text("utf-8").replace("NAME", name).replace("TITLE", name.title())
    text = STARTERS[like].read_text("utf-8")
    for key, value in (("vendor", name), ("name", name.title()), ("origin", f"https://api.{name}.example")):
        text = re.sub(rf"^{key}: .*$", f"{key}: {value}", text, count=1, flags=re.MULTILINE)
    return f"# yaml-language-server: $schema={_SCHEMA}\n{text}"


@vendor_command.command(
    epilog=examples("elements-local vendor new acme", "elements-local vendor new acme --like structured")
)
@click.argument("name")
@click.option("--like", type=click.Choice([*STARTERS]), help="Begin with another kind of vendor's file.")
@force_option
@json_option
def new(*, name: str, like: str | None, force: bool, as_json: bool) -> None:
    """Write NAME.yaml, a vendor that runs as it is and says what can be said, and its schema beside it."""
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,63}", name, re.ASCII):
        raise OptionError(f"a vendor's name has up to 64 letters a to z, digits and _; got {shown(name)}")
    if name in taken_names():
        raise OptionError(f"the stack calls something of its own {name}; give the vendor another name")
    path = Path(f"{name}.yaml")
    text = _begun(name, like)
    file = OutputFile(path=path, force=force)
    schema = OutputFile(path=Path(_SCHEMA), is_ours=_is_schema, force=force)
    file.check()
    schema.write((_PACKAGE / _SCHEMA).read_bytes())
    file.write(text)
    said = f"{path} is written; run it with `elements-local up --vendor {path}`"
    print_result({"file": str(path), "schema": _SCHEMA}, said, as_json=as_json)
