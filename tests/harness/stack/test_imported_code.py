"""Code of the user's that a name leads to: it may do anything when it is imported or called, and never ends a command in silence."""

import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from command import call
from processes import ended, started

MODULES = {
    "leaves": "import sys\nsys.exit(0)\n",
    "leaves_when_called": "import os, sys\nclass Connector:\n    def __init__(self): sys.exit()\ndef app(): sys.exit(0)\n",
    "halts": "class Halt(BaseException): pass\nraise Halt('no')\n",
    "gives_up": "import pytest\npytest.skip('not today', allow_module_level=True)\n",
    "breaks": (
        "def __getattr__(name): raise SystemExit(0)\n"
        "class Connector:\n    largest_page = grants = fake = collection = updated_within = client = 1\n"
        "    @property\n    def element(self): raise RuntimeError('broken')\n"
    ),
}
REFUSED = {
    "leaves:Connector": "cannot import the connector's module 'leaves': it calls sys.exit(0)",
    "leaves_when_called:Connector": "leaves_when_called:Connector is made without arguments; it calls sys.exit(None)",
    "halts:Connector": "cannot import the connector's module 'halts': Halt: no",
    "gives_up:Connector": "cannot import the connector's module 'gives_up': Skipped: ",
    "breaks:Missing": "cannot read 'Missing' in the connector's module breaks: it calls sys.exit(0)",
    "breaks:Connector": "the connector breaks:Connector cannot be read: RuntimeError: broken",
    "sys:exit": "sys:exit is of the type builtin_function_or_method, without element, ",
    "os:fork": "os:fork is of the type builtin_function_or_method, without element, ",
    "builtins:exit": "builtins:exit is made without arguments; it calls sys.exit(None)",
    "builtins:dict": "builtins:dict is of the type dict, without element, ",
    "unittest.mock:Mock": "unittest.mock:Mock is of the type Mock, and its element of the type Mock",
}  # fmt: skip
"""What is named as a connector -> what is said."""

SLOW = "import sys, time\nprint('importing', file=sys.stderr, flush=True)\ntime.sleep(600)\n"


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    for name, text in MODULES.items():
        (tmp_path / f"{name}.py").write_text(text)
    (tmp_path / "slow.py").write_text(SLOW)
    (tmp_path / "body.json").write_text("{}")
    (tmp_path / "it.yaml").write_text("scenario: it is quiet\nsteps: [advance: 1m]\n")
    path = [*sys.path]
    yield tmp_path
    sys.path[:] = path
    for name in MODULES:
        sys.modules.pop(name, None)


@pytest.mark.parametrize(("named", "told"), REFUSED.items())
def test_what_is_no_connector_is_refused_whatever_it_does(folder: Path, named: str, told: str) -> None:
    done = call("lint", "body.json", "--connector", named, cwd=folder)

    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("named", "told"),
    [
        ("leaves:app", "cannot import the receiver's module 'leaves': it calls sys.exit(0)"),
        ("leaves_when_called:app", "leaves_when_called:app is made without arguments; it calls sys.exit(0)"),
        ("sys:exit", "expected a WSGI or ASGI application"),
    ],
)
def test_so_is_what_is_no_receiver(folder: Path, named: str, told: str) -> None:
    done = call("replay", "it.yaml", "--receiver", named, cwd=folder)

    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr


@pytest.fixture
def _ctrl_c() -> Iterator[None]:
    """Let programs heed Ctrl-C, though the tests may run in the background of a shell, which has it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("up --connector slow:Connector", signal.SIGINT),
        ("up --connector slow:Connector", signal.SIGTERM),
        ("lint body.json --connector slow:Connector", signal.SIGINT),
        ("replay it.yaml --set connectors=slow:Connector", signal.SIGINT),
        ("replay it.yaml --receiver slow:app", signal.SIGTERM),
    ],
)
@pytest.mark.usefixtures("_ctrl_c")
def test_a_signal_ends_a_slow_import(folder: Path, words: str, number: signal.Signals) -> None:
    with started(*words.split(), cwd=folder) as process:
        assert process.stderr
        while process.stderr.readline() != "importing\n":
            assert process.poll() is None
        code, _, errors = ended(process, number)

    assert (code, "Traceback" in errors) == (130, False)
