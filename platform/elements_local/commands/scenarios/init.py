"""``init``: a first scenario, test, receiver, Postman files and CI workflow in the user's project."""

from dataclasses import asdict
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

import click

from elements_local.command_line.options import examples
from elements_local.command_line.output import print_result
from elements_local.command_line.stacks import json_option
from elements_local.project_scaffold import lay_down

if TYPE_CHECKING:
    from elements_local.project_scaffold import ProjectFiles

_NEXT = (
    "elements-local replay scenarios",
    "pytest tests/test_elements_local.py",
    "elements-local replay scenarios --receiver receiver:app/callbacks",
)


@click.command(
    "init",
    epilog=examples(
        "elements-local init",
        "elements-local init ../shop --json",
        "elements-local init --force",
        "elements-local init --examples && elements-local replay scenario-examples",
    ),
)
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path), default=".", metavar="[DIR]")
@click.option("--force", is_flag=True, help="Write over files that are there.")
@click.option(
    "--examples", is_flag=True, help="Lay down more than a hundred scenarios to read, in scenario-examples/."
)
@json_option
def command(directory: Path, *, force: bool, examples: bool, as_json: bool) -> None:
    """Lay down a start in a project: a scenario, a test, a receiver, Postman's files and a CI workflow.

    It asks nothing, and files that are there are left as they are, and listed.
    """
    files = lay_down(directory, force=force, examples=examples)
    document = {"directory": str(directory), **asdict(files), "next": list(_NEXT)}
    print_result(document, _as_text(directory, files), as_json=as_json)


def _as_text(directory: Path, files: "ProjectFiles") -> str:
    sections = (
        (f"made in {directory}", files.made),
        ("written over", files.overwritten),
        ("left as they are (--force writes over them)", files.left),
        ("there already", files.unchanged),
    )
    lines = [
        line
        for head, names in sections
        if names
        for line in (f"{head}:", *(f"  {name}" for name in names), "")
    ]
    inside = [] if directory.resolve() == Path.cwd() else [f"cd {quote(str(directory))}"]
    return "\n".join([*lines, "next:", *(f"  {line}" for line in (*inside, *_NEXT))])
