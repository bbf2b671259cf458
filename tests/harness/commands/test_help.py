"""The help of every command, what completes them, and what a terminal makes of their output."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from command import call, every_command
from deadline import DEADLINE_S
from processes import PROGRAM, started, terminal
from programs import find_program

from elements_local.commands.cli import COMMANDS, cli
from elements_local.commands.replaying.runner import Transport
from elements_local.kit.instants import parse_instant
from elements_local.kit.workspaces.registry import DEFAULT_START
from elements_local.stack.stack_settings import FLAT, StartSettings

HEAVY = {
    "elements_local.platform", "mock_insightly", "callback_sink",
    "flask", "werkzeug", "sqlalchemy", "requests", "msgspec", "faker", "yaml", "jinja2", "freezegun",
}  # fmt: skip


EVERY = dict(every_command())


def help_of(words: tuple[str, ...], *, columns: int = 80) -> tuple[str, list[str]]:
    """Return the help of a command before its examples, and those."""
    done = call(*words, "--help", COLUMNS=str(columns))
    assert done.returncode == 0
    head, _, section = done.stdout.partition("Examples:\n")
    return head, [line.strip() for line in section.splitlines() if line.strip()]


def calls_in(example: str) -> Iterator[list[str]]:
    """Yield the words of each call of the program in a line of the shell's."""
    inner = re.search(r"\$\((.+?)\)", example)
    read = shlex.shlex(inner[1] if inner else example, posix=True, punctuation_chars=True)
    read.whitespace_split = True
    words: list[str] = []
    for token in [*read, "&"]:
        if set(token) <= set("<>|&"):
            if words[:1] == ["elements-local"]:
                yield words[1:]
            words = []
        else:
            words.append(token)


def parse(words: list[str]) -> None:
    """Read words as click does, and run nothing.

    Raises:
        click.UsageError: it would refuse them.
    """
    context: click.Context = click.Context(cli)
    command: click.Command = cli
    while isinstance(command, click.Group) and words != ["--help"]:
        name, found, words = command.resolve_command(context, words)
        assert found
        command, context = found, click.Context(found, parent=context, info_name=name)
    if not isinstance(command, click.Group):
        command.parse_args(context, words)


def test_each_command_has_examples_of_itself_that_can_be_typed() -> None:
    for words in EVERY:
        _, examples = help_of(words)
        typed = [called for example in examples for called in calls_in(example)]

        assert any(" ".join(["elements-local", *words]) in example for example in examples), words
        assert len(typed) >= len(examples), words
        for called in typed:
            parse(called)


@pytest.mark.parametrize("words", [["trigger", "contacts", "creatd"], ["up", "--recods", "3"], ["clok"]])
def test_an_example_with_a_slip_would_be_found(words: list[str]) -> None:
    with pytest.raises(click.UsageError):
        parse(words)


def test_help_is_as_wide_as_the_terminal_and_shows_no_escapes_of_its_source() -> None:
    for words in EVERY:
        told, wide, narrow = (help_of(words, columns=columns)[0].splitlines() for columns in (80, 200, 60))

        assert max(map(len, told)) <= 80, words
        assert max(map(len, wide)) <= 100, f"{words}: a longer line is not read"
        assert max(map(len, narrow)) <= 60, words
        assert len(wide) <= len(told) <= len(narrow), words
        assert not [line for line in told if "\\b" in line or "\b" in line], words


def test_naming_the_commands_loads_nothing_that_is_slow() -> None:
    asks = (
        "import os, sys\n"
        "from elements_local.commands.cli import cli\n"
        "completion = {'_ELEMENTS_LOCAL_COMPLETE': 'zsh_complete', 'COMP_WORDS': 'elements-local c', 'COMP_CWORD': '1'}\n"
        "for words, variables in ((['--help'], {}), (['clok'], {}), ([], completion)):\n"
        "    os.environ |= variables\n"
        "    try: cli(words, prog_name='elements-local')\n"
        f"    except SystemExit: print('loaded', *sorted({HEAVY!r} & set(sys.modules)), flush=True)\n"
    )
    done = subprocess.run([sys.executable, "-c", asks], capture_output=True, text=True, check=True)

    assert re.findall("^loaded.*$", done.stdout, re.MULTILINE) == ["loaded"] * 3
    assert "Did you mean 'clock'?" in done.stderr
    assert "\nclock\n" in done.stdout


def test_defaults_that_help_shows_are_those_that_hold() -> None:
    assert parse_instant(StartSettings().start) == DEFAULT_START
    assert set(FLAT["transport"].choices) == {transport.value for transport in Transport}


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        pytest.param("c", {"clock", "certify", "completion"}, id="a command"),
        pytest.param("clock a", {"advance"}, id="a command of a group"),
        pytest.param("trigger lea", {"leads"}, id="an argument"),
        pytest.param("up --quie", {"--quiet"}, id="an option"),
        pytest.param("certify --only lat", {"late"}, id="an option's value"),
        pytest.param("nothing ", set(COMMANDS), id="behind a slip"),
    ],
)
def test_the_shell_completes(typed: str, completed: set[str]) -> None:
    words = ["elements-local", *typed.split(" ")]

    asks = {
        "_ELEMENTS_LOCAL_COMPLETE": "bash_complete",
        "COMP_WORDS": " ".join(words),
        "COMP_CWORD": str(len(words) - 1),
    }
    done = CliRunner().invoke(cli, [], env=asks, prog_name="elements-local")

    assert {line.partition(",")[2] for line in done.stdout.splitlines()} == completed
    assert done.stderr == ""


def test_bash_takes_the_script_that_is_printed_for_it() -> None:
    asks = f'PATH={shlex.quote(str(Path(PROGRAM).parent))}:$PATH; eval "$(elements-local completion bash)"; complete -p elements-local'
    done = subprocess.run([find_program("bash"), "-ec", asks], capture_output=True, text=True, check=True)

    assert "_elements_local_completion" in done.stdout


def test_python_runs_it_as_a_module() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "elements_local", "clok"], capture_output=True, text=True, check=False
    )

    assert done.returncode == 2
    assert done.stderr.startswith("Usage: python -m elements_local ")


def on_a_terminal(*words: str | Path, **env: str) -> str:
    """Run a command whose output is a terminal's, and return that."""
    with terminal() as (writer, read):
        with started(*words, stdout=writer, stderr=writer, env={"TERM": "xterm", **env}) as process:
            shown = read()
            process.wait(timeout=DEADLINE_S)
        return shown


@pytest.mark.parametrize(
    ("env", "coloured"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True)],
    ids=["a terminal", "NO_COLOR", "NO_COLOR that is empty"],
)
def test_colours_are_for_terminals_and_for_who_wants_them(
    tmp_path: Path,
    env: dict[str, str],
    coloured: bool,  # noqa: FBT001 - parametrized
) -> None:
    (tmp_path / "it.yaml").write_text("scenario: it is quiet\nsteps: [advance: 1m]\n")
    words = ("replay", tmp_path / "it.yaml")

    shown, piped = on_a_terminal(*words, **env), call(*words, **env).stdout

    assert "it is quiet" in shown
    assert ("\x1b[" in shown, piped) == (coloured, "passed  it is quiet\n1 passed, 0 failed\n")


def test_a_list_is_as_wide_as_the_terminal_and_one_line_each_in_a_pipe() -> None:
    words = ["fidelity", "--area", "polling"]

    narrow, piped = on_a_terminal(*words, COLUMNS="60"), call(*words).stdout

    texts = [line for line in narrow.splitlines() if not re.search(r"\.(py|yaml|xz)\b", line)]
    assert max(map(len, texts)) <= 60
    entries = piped.splitlines()
    assert sum(line.startswith("[polling]") for line in entries) * 2 <= len(entries)
    assert max(map(len, entries)) > 100


def test_every_command_that_prints_results_has_json() -> None:
    without = {
        words
        for words, command in EVERY.items()
        if not isinstance(command, click.Group) and "as_json" not in {param.name for param in command.params}
    }

    assert without <= {("openapi",), ("postman",), ("completion",), ("replay",), ("exec",)}, (
        "they print JSON, a script, or what a program prints"
    )
