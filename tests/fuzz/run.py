"""Schemathesis against a seeded stack: all checks, stateful links on. ``poe fuzz`` takes ten minutes a service.

The CRM gets a run for each version, which share its minutes: one of all of them ends in an error of schemathesis' own.

Usage: poe fuzz [--service platform|crm|sink] [--version v2.2] [--only PATTERN] [--minutes N | --examples N] [--seed N]
"""

import argparse
import os
import re
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from elements_local.clients.guide import instance_body
from elements_local.stack.stack import Stack
from elements_local.start import Options, on_ports
from mock_insightly.versions.known import VERSIONS

CONFIG = Path(__file__).with_name("schemathesis.toml")
HOOKS = Path(__file__).with_name("hooks.py")
SERVICES = ("platform", "crm", "sink")


@contextmanager
def seeded_stack() -> Iterator[tuple[Stack, dict[str, str]]]:
    """Run a stack with records, an instance and an event; also give the credentials by the names of the configuration."""
    with on_ports(Options(ports=(0, 0, 0), records=20)) as stack:
        clients = stack.workspace()
        mine = clients.credentials
        token = clients.platform.create_instance(instance_body(mine))["token"]
        clients.clock.advance("1m")
        clients.crm.create("Contacts", {"FIRST_NAME": "Ada", "LAST_NAME": "Lovelace"})
        clients.clock.advance("15m")
        user = f"User {mine.user_secret}, Organization {mine.organization_secret}"
        key = b64encode(f"{mine.crm_api_key}:".encode()).decode()
        yield (
            stack,
            {
                "AUTHORIZATION_ELEMENT": f"{user}, Element {token}",
                "AUTHORIZATION_USER": user,
                "AUTHORIZATION_CRM": f"Basic {key}",
            },
        )


def fuzz(service: str, *chosen: str) -> subprocess.CompletedProcess[str]:
    """Run schemathesis against a fresh stack's service.

    Args:
        chosen: further arguments, such as how long and from which seed.
    """
    program = Path(sys.executable).with_name("schemathesis")
    with seeded_stack() as (stack, credentials), TemporaryDirectory() as folder:
        document = f"{getattr(stack.addresses, service)}/_local/openapi.json"
        return subprocess.run(
            [program, "--config-file", CONFIG, "run", document, *chosen],
            capture_output=True,
            text=True,
            check=False,
            cwd=folder,
            env={**os.environ, **credentials, "SCHEMATHESIS_HOOKS": str(HOOKS)},
        )


def readable(done: subprocess.CompletedProcess[str]) -> str:
    """Return what schemathesis said, its longest lines cut: a body it made up may have a megabyte."""
    return "\n".join(line[:300] for line in (done.stdout + done.stderr).splitlines())


def narrowed(version: str | None, only: str | None) -> list[str]:
    """Return the arguments that leave out operations.

    Args:
        version: of the CRM's API, such as ``v2.2``.
        only: a regular expression for what comes after it in a path; for the whole path without a version.
    """
    if version is None:
        return [] if only is None else ["--include-path-regex", only]
    return ["--include-path-regex", f"^/{re.escape(version)}/{only or ''}"]


def runs(service: str, version: str | None, only: str | None) -> list[list[str]]:
    """Return what each run of a service is narrowed to: one of it all, but of the CRM one for each version."""
    if service != "crm" or version or only:
        return [narrowed(version, only)]
    return [narrowed(None, r"^/(?!v\d)"), *(narrowed(each, None) for each in VERSIONS)]


def main() -> None:
    """Fuzz one service after the other and say what was found."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--service", action="append", choices=SERVICES, help="repeatable; all")
    arguments.add_argument("--version", help="of the CRM's API, such as v2.2, in the place of all")
    arguments.add_argument(
        "--only", help="a regular expression for the path, after the version if there is one"
    )
    arguments.add_argument("--minutes", type=float, default=10.0, help="time for each service; 10")
    arguments.add_argument("--examples", type=int, help="cases for each operation, in the place of a time")
    arguments.add_argument("--seed", type=int, default=1)
    asked = arguments.parse_args()
    services = asked.service or (["crm"] if asked.version else SERVICES)
    if asked.version and services != ["crm"]:
        arguments.error("only the CRM has versions; leave out --service or give --service crm")
    failed = False
    for service in services:
        parts = runs(service, asked.version, asked.only)
        seconds = round(asked.minutes * 60 / len(parts))
        budget = ["-n", str(asked.examples)] if asked.examples else ["--max-time", str(seconds)]
        for part in parts:
            done = fuzz(service, "--seed", str(asked.seed), *budget, *part)
            sys.stdout.write(f"{' '.join([service, *part])}\n{readable(done)}\n")
            failed |= done.returncode != 0
    raise SystemExit(failed)


if __name__ == "__main__":
    main()
