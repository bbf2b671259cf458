"""The pages say what is: their examples are files that run, their links lead somewhere, their commands exist."""

import re
import shlex
import tomllib
from itertools import takewhile

import click
from doc_pages import BLOCKS, PAGES, README, ROOT, anchors, links, of_kind, rows, tokens, words

from elements_local.commands.cli import COMMANDS, cli
from elements_local.platform.explain.cause import Cause
from elements_local.scenarios.scenario import json_schema, load
from elements_local.scenarios.verbs import VERBS
from elements_local.stack.stack_settings import every_setting

KINDS = {"run", "run alone", "answer", "file", "steps", "python", "workflow", "command", "printed"}


def test_the_readme_is_read_in_five_minutes():
    assert words(README) <= 900, "put it into docs/, and link to it"


def test_the_readme_says_how_large_the_product_is_and_what_it_installs():
    text = README.read_text("utf-8")
    (lines,) = re.findall(r"about (\d+),000 lines of Python", text)
    (count, names) = re.search(r"installs (\d+) packages, [^:]+: ([^.]+)\.", text).groups()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    folders = [ROOT / name for name in ("platform", "mock_insightly", "callback_sink")]
    files = [path for folder in folders for path in folder.rglob("*.py")]
    there = sum(bool(line.strip()) for path in files for line in path.read_bytes().splitlines())

    assert abs(int(lines) - there / 1000) < 5, there
    required = [re.match(r"[\w-]+", line)[0] for line in project["dependencies"]]
    assert [*re.split(r",\s+|\s+and\s+", names)] == required
    assert int(count) == len(required)


def leads_nowhere(page, link):
    path, _, anchor = link.partition("#")
    target = page.parent.joinpath(path).resolve() if path else page
    leads = target.exists() and target.is_relative_to(ROOT)
    return not leads or bool(anchor and anchor not in anchors(target))


def test_the_links_of_pages_lead_somewhere():
    assert [(page.name, link) for page in PAGES for link in links(page) if leads_nowhere(page, link)] == []


def test_the_readme_leads_to_the_index():
    assert "docs/index.md" in links(README)


def test_every_mark_is_known_has_its_block_and_stands_once():
    for page in PAGES:
        found = [block for block in BLOCKS if block.page == page]
        assert page.read_text("utf-8").count("<!--") == len(found), (
            f"{page}: a mark stands right above its block"
        )
        assert {block.kind for block in found} <= KINDS, page
    marks = [block[1:3] for block in BLOCKS if block.kind != "file"]
    assert len(marks) == len(set(marks))


def test_python_yaml_and_json_are_marked_so_that_they_are_held():
    held = {(block.page, block.text) for block in BLOCKS}
    for page in PAGES:
        loose = {
            (page, token.content)
            for token in tokens(page)
            if token.type == "fence" and token.info in {"python", "yaml", "json"}
        }
        assert loose - held == set(), "docs/development.md tells the marks"


def test_an_example_is_a_file():
    for block in of_kind("file"):
        path, _, part = block.name.partition(", ")
        text = (ROOT / path).read_text("utf-8")
        if part:
            assert part == "the first document"
            first = text.partition("---\n")[0]
            text = "".join(line for line in first.splitlines(keepends=True) if not line.startswith("#"))

        assert block.text == text, block


def test_an_example_of_steps_is_part_of_a_scenario_and_one_in_python_can_be_executed(tmp_path):
    path = tmp_path / "it.yaml"
    for block in of_kind("steps"):
        path.write_text(f"scenario: it\nsteps:\n{block.text}", encoding="utf-8")
        (scenario,) = load(path)
        assert len(scenario.steps) == block.text.count("\n  - ") + 1, block
    for block in of_kind("python"):
        exec(compile(block.text, str(block), "exec"), {"__name__": "it"})  # noqa: S102 - our own


def command_lines(page):
    """Return the words of each call of the program, in blocks and in sentences."""
    for token in tokens(page):
        if token.type == "fence" and token.info in {"bash", "yaml"}:
            lines = re.findall(
                r"(?:^|&& |run: )(?:\.venv/bin/)?elements-local (.*)$", token.content, re.MULTILINE
            )
            yield from (shlex.split(line, comments=True) for line in lines)
        elif token.type == "code_inline":
            words = token.content.removeprefix("elements-local ").split()
            if token.content.startswith("elements-local ") or (
                words[0] in COMMANDS and len(words) > 1 and words[1].startswith("--")
            ):
                yield words


def command_of(words):
    """Return the command that a line calls; of groups, the one inside."""
    command, left = cli, list(words)
    while isinstance(command, click.Group) and left and not left[0].startswith("-"):
        command = command.get_command(click.Context(command), left.pop(0))
    return command


def test_the_commands_of_pages_exist_with_their_options():
    for line in (line for page in PAGES for line in command_lines(page)):
        command = command_of(line)
        assert command, f"there is no command {line}"
        known = {name for parameter in command.get_params(click.Context(command)) for name in parameter.opts}
        own = takewhile(lambda word: word != "--", line)  # what follows is another program's
        asked = {word.partition("=")[0] for word in own if word.startswith("-")}
        assert asked <= known, f"{line}: there is no {asked - known}"


def in_code(page, head):
    """Return what stands in code in the first column of a table of docs/."""
    return {name for row in rows(page, head) for name in re.findall(r"`(\w+)`", row[0])}


def test_every_verb_and_every_key_of_a_scenario_is_on_its_page_and_no_other():
    assert in_code("scenario-verbs.md", "| verb |") == set(VERBS)
    assert in_code("scenario-verbs.md", "| key |") == {*json_schema()["properties"]}


def test_every_setting_is_on_its_page_once_beside_who_needs_it_and_no_other():
    named = [name for row in rows("settings.md", "| if you |") for name in re.findall(r"`([\w.]+)`", row[1])]

    assert sorted(named) == sorted(every_setting())


def test_every_cause_is_on_its_page_below_its_step_and_no_other():
    page = (ROOT / "docs/explain.md").read_text("utf-8").partition("## The causes")[2]
    listed = {
        step: re.findall(r"`([\w-]+)`", causes)
        for step, causes in re.findall(r"^- `(\w+)`: (.*(?:\n  .*)*)$", page, re.MULTILINE)
    }

    assert listed == {
        stage: [cause.word for cause in Cause if cause.stage.value == stage]
        for stage in dict.fromkeys(cause.stage.value for cause in Cause)
    }


def test_what_is_added_often_needs_five_files_at_the_most_and_they_are_there():
    table = (
        (ROOT / "CONTRIBUTING.md").read_text("utf-8").partition("| what | where |")[2].partition("\n\n")[0]
    )
    kinds = dict(re.findall(r"^\| (\w.*?) \| (.*) \|$", table, re.MULTILINE))
    packages = ROOT / "platform"
    roots = (ROOT, packages, packages / "elements_local" / "platform")

    for what, where in kinds.items():
        files = re.findall(r"`([\w/]+\.(?!md)\w+)`", where)
        gone = [file for file in files if not any([*root.glob(file.replace("NAME", "*"))] for root in roots)]
        assert gone == [], what
        assert 1 <= len(files) <= 5, what
    assert len(kinds) > 12
