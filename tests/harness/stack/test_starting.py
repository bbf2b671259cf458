"""What a stack loads before it answers: what every call needs, and nothing that few do."""

import subprocess
import sys

from processes import FREE_PORTS

SELDOM_NEEDED = {
    "apispec", "faker", "freezegun", "junitparser", "prometheus_client", "pytest", "requests", "sqlalchemy.orm",
    "urllib3", "yaml",
}  # fmt: skip
TAKE_LONG = {"elements_local.kit.http_message", "flask", "sqlalchemy", "waitress", "werkzeug"}


def test_up_says_that_it_is_starting_before_it_imports_what_takes_long():
    refused = [sys.executable, "-X", "importtime", "-m", "elements_local", "up", *FREE_PORTS, "--speed", "2"]

    done = subprocess.run(refused, capture_output=True, text=True, check=False)

    before, _, after = done.stderr.partition("elements-local is starting\n")
    assert imported(before) & TAKE_LONG == set()
    assert imported(after) >= TAKE_LONG


def imported(trace):
    """Return the modules that lines of ``-X importtime`` name."""
    return {line.rpartition("|")[2].strip() for line in trace.splitlines()}


def test_a_stack_starts_without_what_few_calls_need():
    asks = (
        "import sys\n"
        "import elements_local.commands.command_line.foreground\n"
        "from elements_local.start import Options, on_ports\n"
        "with on_ports(Options(ports=(0, 0, 0)), called_inside=True) as stack:\n"
        "    print(stack.workspace().credentials.name, 'loaded', *sorted("
        f"{SELDOM_NEEDED!r} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", asks], capture_output=True, text=True, check=True)

    assert done.stdout == "default loaded\n"
