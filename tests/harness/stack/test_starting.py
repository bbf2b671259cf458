"""What a stack loads before it answers: what every call needs, and nothing that few do."""

import subprocess
import sys

SELDOM_NEEDED = {
    "apispec", "faker", "freezegun", "junitparser", "prometheus_client", "pytest", "requests", "sqlalchemy.orm",
    "standardwebhooks", "urllib3", "yaml",
}  # fmt: skip


def test_a_stack_starts_without_what_few_calls_need():
    asks = (
        "import sys\n"
        "import elements_local.commands.up\n"
        "from elements_local.start import Options, on_ports\n"
        "with on_ports(Options(ports=(0, 0, 0)), called_inside=True) as stack:\n"
        "    print(stack.workspace().credentials.name, 'loaded', *sorted("
        f"{SELDOM_NEEDED!r} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", asks], capture_output=True, text=True, check=True)

    assert done.stdout == "default loaded\n"
