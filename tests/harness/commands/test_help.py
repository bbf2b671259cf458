"""The help of every command, what completes them, and what a terminal makes of their output."""

import os
import pty
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import click
import pytest
from programs import find_program

from elements_local.cli import COMMANDS, cli
from elements_local.kit.instants import parse_instant
from elements_local.kit.workspaces.registry import DEFAULT_START
from elements_local.replay.runner import Transport
from elements_local.stack_settings import FLAT, StartSettings

PROGRAM = Path(sys.executable).parent / "elements-local"
HEAVY = {
    "elements_local.platform", "mock_insightly", "callback_sink",
    "flask", "werkzeug", "sqlalchemy", "requests", "msgspec", "faker", "yaml", "jinja2", "freezegun",
}  # fmt: skip


def commands(group: click.Command = cli, *names: str) -> Iterator[tuple[str, ...]]:
    """Yield the words of each command, groups included."""
    yield names
    if isinstance(group, click.Group):
        context = click.Context(group)
        for name in group.list_commands(context):
            found = group.get_command(context, name)
            assert found, name
            yield from commands(found, *names, name)


EVERY = list(commands())
every_command = pytest.mark.parametrize("words", EVERY, ids=lambda words: " ".join(words) or "elements-local")


def help_of(words: tuple[str, ...], *, columns: int = 80) -> str:
    told = StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", str(columns))
        with redirect_stdout(told), pytest.raises(SystemExit) as ended:
            cli([*words, "--help"], prog_name="elements-local")
    assert ended.value.code == 0
    return told.getvalue()


def examples_of(words: tuple[str, ...]) -> list[str]:
    section = help_of(words).partition("Examples:\n")[2]
    return [line.strip() for line in section.splitlines() if line.strip()]


def test_commands_that_have_commands_are_among_them() -> None:
    assert {("up",), ("clock",), ("clock", "advance"), ("workspace", "create")} <= set(EVERY)
    assert {words[0] for words in EVERY if words} == set(COMMANDS)


@every_command
def test_a_commands_help_has_examples_of_it(words: tuple[str, ...]) -> None:
    examples = examples_of(words)

    assert examples
    assert any(" ".join(["elements-local", *words]) in example for example in examples)


@every_command
def test_an_example_is_a_command_that_can_be_typed(words: tuple[str, ...]) -> None:
    for example in examples_of(words):
        calls = list(calls_in(example))

        assert calls, example
        for call in calls:
            parse(call)


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


@pytest.mark.parametrize("words", [["trigger", "contcts", "created"], ["up", "--recods", "3"], ["clok"]])
def test_an_example_with_a_slip_would_be_found(words: list[str]) -> None:
    with pytest.raises(click.UsageError):
        parse(words)


@every_command
def test_help_shows_no_escapes_of_its_source(words: tuple[str, ...]) -> None:
    text = help_of(words)

    assert "\\b" not in text
    assert "\b" not in text


@every_command
def test_help_is_as_wide_as_the_terminal(words: tuple[str, ...]) -> None:
    told, wide, narrow = (
        help_of(words, columns=columns).partition("Examples:\n")[0].splitlines() for columns in (80, 200, 60)
    )

    assert max(map(len, told)) <= 80
    assert max(map(len, wide)) <= 100, "a longer line is not read"
    assert max(map(len, narrow)) <= 60
    assert len(wide) <= len(told) <= len(narrow)


@pytest.mark.parametrize(
    ("words", "env"),
    [
        pytest.param(["--help"], {}, id="help"),
        pytest.param(["clok"], {}, id="a slip"),
        pytest.param(
            [],
            {"_ELEMENTS_LOCAL_COMPLETE": "zsh_complete", "COMP_WORDS": "elements-local c", "COMP_CWORD": "1"},
            id="completion of a command",
        ),
    ],
)
def test_naming_the_commands_loads_nothing_that_is_slow(words: list[str], env: dict[str, str]) -> None:
    asks = (
        "import sys\n"
        "from elements_local.cli import cli\n"
        f"try: cli({words!r} or None, prog_name='elements-local')\n"
        f"finally: print('loaded', *sorted({HEAVY!r} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", asks], capture_output=True, text=True, check=False, env=env)

    assert "clock" in done.stdout + done.stderr
    assert done.stdout.endswith("loaded\n")


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
    done = subprocess.run([PROGRAM], capture_output=True, text=True, check=True, env=asks)

    assert {line.partition(",")[2] for line in done.stdout.splitlines()} == completed
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("shell", "part"),
    [
        ("bash", "complete -o nosort -F _elements_local_completion elements-local"),
        ("zsh", "#compdef elements-local"),
        ("fish", "complete --no-files --command elements-local"),
    ],
)
def test_a_script_for_the_shell_is_printed(shell: str, part: str) -> None:
    done = subprocess.run([PROGRAM, "completion", shell], capture_output=True, text=True, check=True)

    assert part in done.stdout
    assert "_ELEMENTS_LOCAL_COMPLETE" in done.stdout


def test_bash_takes_the_script() -> None:
    asks = f'PATH={shlex.quote(str(PROGRAM.parent))}:$PATH; eval "$(elements-local completion bash)"; complete -p elements-local'
    done = subprocess.run([find_program("bash"), "-ec", asks], capture_output=True, text=True, check=True)

    assert "_elements_local_completion" in done.stdout


def test_a_shell_that_is_unknown_is_misuse() -> None:
    refused = subprocess.run([PROGRAM, "completion", "tcsh"], capture_output=True, text=True, check=False)

    assert refused.returncode == 2
    assert all(f"'{shell}'" in refused.stderr for shell in ("tcsh", "bash", "zsh", "fish"))


@pytest.mark.parametrize("words", [["--help"], ["clok"]], ids=["help", "a slip"])
def test_python_runs_it_as_a_module(words: list[str]) -> None:
    command = [sys.executable, "-m", "elements_local", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (done.stdout or done.stderr).startswith("Usage: python -m elements_local ")
    assert done.returncode == (0 if words == ["--help"] else 2)


def on_a_terminal(*words: str, **env: str) -> str:
    """Run a command whose output is a terminal's, and return that."""
    reader, terminal = pty.openpty()
    with subprocess.Popen([PROGRAM, *words], stdout=terminal, stderr=terminal, env={"TERM": "xterm", **env}):
        os.close(terminal)
        read = bytearray()
        try:
            while piece := os.read(reader, 65536):
                read += piece
        except OSError:  # as Linux says that nobody writes any longer
            pass
    os.close(reader)
    return read.decode()


@pytest.mark.parametrize(
    ("env", "coloured"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True)],
    ids=["a terminal", "NO_COLOR", "NO_COLOR that is empty"],
)
def test_colours_are_for_terminals_and_for_who_wants_them(env: dict[str, str], coloured: bool) -> None:  # noqa: FBT001 - parametrized
    shown = on_a_terminal("tour", **env)
    piped = subprocess.run([PROGRAM, "tour"], capture_output=True, text=True, check=True, env=env)

    assert ("\x1b[" in shown, "\x1b[" in piped.stdout) == (coloured, False)


def test_a_list_is_as_wide_as_the_terminal_and_one_line_each_in_a_pipe() -> None:
    words = ["fidelity", "--area", "polling"]
    narrow = on_a_terminal(*words, COLUMNS="60")
    piped = subprocess.run([PROGRAM, *words], capture_output=True, text=True, check=True, env={})

    texts = [line for line in narrow.splitlines() if ".py" not in line and ".yaml" not in line]
    assert max(map(len, texts)) <= 60
    entries = piped.stdout.splitlines()
    assert sum(line.startswith("[polling]") for line in entries) * 2 <= len(entries)
    assert max(map(len, entries)) > 100


@pytest.mark.parametrize(
    ("words", "key"),
    [(["tour"], "steps"), (["fidelity", "--area", "polling"], "[")],
    ids=["tour", "fidelity"],
)
def test_what_prints_results_prints_them_as_json(words: list[str], key: str) -> None:
    done = subprocess.run([PROGRAM, *words, "--json"], capture_output=True, text=True, check=True)

    assert done.stdout.count("\n") == 1
    assert key in done.stdout[:10]


def test_every_command_that_prints_results_has_json() -> None:
    without = {
        words
        for words in EVERY
        if words
        and not isinstance(command := _command(words), click.Group)
        and "as_json" not in {param.name for param in command.params}
    }

    assert without <= {("openapi",), ("postman",), ("completion",), ("replay",)}, (
        "they print JSON, or a script"
    )


def _command(words: tuple[str, ...]) -> click.Command:
    command: click.Command = cli
    for word in words:
        assert isinstance(command, click.Group)
        found = command.get_command(click.Context(command), word)
        assert found
        command = found
    return command
