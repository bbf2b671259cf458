"""``verify``: a tenant of the real platform, held against what this stack does."""

import os
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from elements_local.command_line.output import FILE, examples, print_result
from elements_local.command_line.setting_options import setting_option
from elements_local.command_line.where import json_option
from elements_local.interruption import cut_off
from elements_local.reports.files import writable
from elements_local.reports.progress import progress

if TYPE_CHECKING:
    from elements_local.verify.report import VisitReport
    from elements_local.verify.tenant import Tenant

OWN_NAME = "elements-local-verify"
CHECKS = 32
"""How many there are, said here too, since what makes them is not needed for --help."""


@click.command(
    "verify",
    epilog=examples(
        "elements-local verify --tenant-callback-url https://my-tunnel.example/verify --html visit.html",
        "elements-local verify --clean --yes",
        "elements-local fidelity --observed visit.json",
    ),
)
@setting_option("tenant_platform_url", "tenant_crm_url", "tenant_callback_url", "tenant_collector_url")
@click.option("--listen", type=click.IntRange(0, 65535), default=4702, show_default=True,
              help="The port of this machine to which the callback URL leads; our sink answers there.")  # fmt: skip
@click.option("--interval", type=click.IntRange(1, 60), default=1, show_default=True, metavar="MINUTES",
              help="How often the tenant is to poll; a visit takes about ten of them.")  # fmt: skip
@click.option("--profile", type=click.Choice(["cloud-elements", "open-connectors"]), default="cloud-elements",
              show_default=True, help="Which of the platform's two names the tenant has.")  # fmt: skip
@click.option(
    "--speed",
    type=click.IntRange(1),
    default=1,
    help="How fast the tenant's time runs, if it is a stack of ours.",
)
@click.option("--clean", is_flag=True, help="Take away what earlier visits have left, and visit nobody.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--junit", type=FILE, help="Write a JUnit file for a CI.")
@click.option("--html", type=FILE, help="Write one page.")
@json_option
def command(  # noqa: PLR0913 - the command's options
    *,
    interval: int,
    clean: bool,
    yes: bool,
    profile: str,
    as_json: bool,
    junit: Path | None,
    html: Path | None,
    **tenant: Any,
) -> None:
    """Hold a tenant of Cloud Elements or SAP Open Connectors against what this stack does; exit 1 if it differs.

    Needs what any tenant has: the platform's URL, a user and an organization, an Insightly account, and a URL at which callbacks are
    received. Secrets are read from the environment alone: ELEMENTS_LOCAL_TENANT_USER_SECRET, _ORGANIZATION_SECRET, _CRM_USERNAME and
    _CRM_API_KEY.

    It makes two instances whose names begin with "elements-local-verify" and about twenty contacts and a lead with that last name, and
    deletes them at the end; --clean does so after a crash. Nothing else is touched.

    With --json, and at the end of the page, is a block that can be given back to the project: what was seen, without values.
    """
    from elements_local.verify.opening import TenantOptions, opened  # noqa: PLC0415 - not needed for --help
    from elements_local.verify.report import write_html, write_junit  # noqa: PLC0415 - as above

    said = {name.removeprefix("tenant_"): value for name, value in tenant.items()}
    options = TenantOptions(interval=timedelta(minutes=interval), **said)
    with opened(options, os.environ, reading=not clean) as there:
        if clean:
            _clean(there, yes=yes)
            return
        _ask(there, yes=yes)
        report = _visited(there, profile)
    print_result(report.to_json(), str(report), as_json=as_json)
    with writable(junit, html):
        if junit:
            write_junit(junit, report)
        if html:
            write_html(html, report)
    if report.differs or report.left:
        raise SystemExit(1)


def _ask(tenant: "Tenant", *, yes: bool) -> None:
    """Say what is about to be made, and ask."""
    click.echo(
        f"Two instances are made at {tenant.name}, and about twenty contacts and a lead at {tenant.crm.url}, all named "
        f"{OWN_NAME} ({tenant.run}); callbacks go to {tenant.credentials.callback_url}. At the end they are deleted.",
        err=True,
    )
    if not yes:
        click.confirm("Go on?", abort=True, err=True)


def _visited(tenant: "Tenant", profile: str) -> "VisitReport":
    """Visit a tenant, and show how far that is; what is left behind is said at once."""
    from elements_local.verify.battery import visited  # noqa: PLC0415 - not needed for --help

    with (
        cut_off(lambda: "what was made has been taken away, but for what was listed above, if anything"),
        progress("visiting", CHECKS) as tell,
    ):
        return visited(
            tenant,
            profile=profile,
            on_check=lambda name: tell(about=name),
            on_left=lambda what: click.echo(f"could not be taken away: {what}", err=True),
        )


def _clean(tenant: "Tenant", *, yes: bool) -> None:
    """Take away what earlier visits have left."""
    from elements_local.verify.own_data import clean, left_behind  # noqa: PLC0415 - not needed for --help

    there = [what for what, _ in left_behind(tenant)]
    if not there:
        click.echo("nothing of ours is there")
        return
    click.echo("\n".join(there))
    if not yes:
        click.confirm(f"Delete these {len(there)}?", abort=True)
    failed = [f"{what}: {error}" for what, error in clean(tenant) if error]
    click.echo(f"{len(there) - len(failed)} deleted")
    for each in failed:
        click.echo(each, err=True)
    if failed:
        raise SystemExit(1)
