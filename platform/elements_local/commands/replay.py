"""``replay``: scenarios without pytest."""

import json
from pathlib import Path
from typing import Any

import click

from elements_local.commands.command_line.options import examples, set_option, setting_option
from elements_local.commands.command_line.output import FILE, force_option
from elements_local.commands.replaying.call import replay
from elements_local.scenarios.scenario import json_schema


def _print_schema(ctx: click.Context, _parameter: click.Parameter, requested: bool) -> None:  # noqa: FBT001 - click's
    if requested:
        click.echo(json.dumps(json_schema(), indent=2))
        ctx.exit()


@click.command(
    "replay",
    epilog=examples(
        "elements-local replay scenarios",
        "elements-local replay scenarios --tag retry --watch",
        "elements-local replay scenarios --jobs 4 --quiet --junit scenarios.xml",
        "elements-local replay scenarios --html scenarios.html",
        "elements-local replay scenarios --set platform.profile=open-connectors",
        "elements-local replay scenarios --portable --list",
        "elements-local replay scenarios/contacts.yaml --tenant tenant.yaml",
        "elements-local replay --tenant tenant.yaml",
    ),
)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="PATH...")
@click.option(
    "--name", "names", multiple=True, metavar="TEXT", help="Only scenarios with TEXT in their name."
)
@click.option("--tag", "tags", multiple=True, metavar="TAG", help="Only scenarios with this tag.")
@click.option(
    "--schema",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_schema,
    help="Print the JSON Schema of scenarios, for editors, and stop.",
)
@click.option(
    "--portable", is_flag=True, help="Leave out scenarios that cannot run at a tenant of the real platform."
)
@click.option(
    "--tenant",
    type=FILE,
    metavar="FILE",
    help="Run the portable ones at a tenant of the real platform, in real time; FILE says where it is.",
)
@click.option(
    "--clean",
    "clean_up",
    is_flag=True,
    help="With --tenant, delete what an earlier run that was killed has left there, and run nothing.",
)
@click.option("--yes", is_flag=True, help="With --tenant, do not ask.")
@click.option("--list", "only_list", is_flag=True, help="List the scenarios instead of running them.")
@setting_option("transport", about="in process under freezegun, or over real ports")
@set_option
@click.option("--target", metavar="URL", help="Use a platform that runs already, instead of starting one.")
@setting_option("crm_url", about="the target's CRM")
@setting_option("sink_url", about="the target's sink")
@setting_option("token", about="for a target that is not bound to loopback")
@click.option(
    "--receiver",
    metavar="RECEIVER",
    help="Your own receiver, instead of the sink's answers: module:app, module:app/path or a URL.",
)
@click.option(
    "--jobs", type=click.IntRange(1), default=1, show_default=True, help="Processes to run them in."
)
@click.option("--shuffle", type=int, metavar="SEED", help="Run them in an order that follows from SEED.")
@click.option("--fail-fast", is_flag=True, help="Stop at the first that fails.")
@click.option("--update", is_flag=True, help="Write the streams that scenarios expect.")
@click.option(
    "--shrink",
    "wants_shrunk",
    is_flag=True,
    help="For each scenario that fails, save the shortest one that still fails beside it, as YAML and as a test for pytest.",
)
@click.option(
    "--keep-going",
    is_flag=True,
    help="Run what can be read though other files have mistakes; exit 2 all the same.",
)
@click.option("--watch", "watches", is_flag=True, help="Run again what has changed, until Ctrl-C.")
@click.option("--junit", type=FILE, help="Write the results as a JUnit file for a CI.")
@click.option("--html", type=FILE, help="Write a page with the results, and a timeline of each scenario.")
@force_option
@click.option("--quiet", "-q", is_flag=True, help="Show failures only, and how far it is.")
@click.option(
    "--json", "as_json", is_flag=True, help="Print the results as JSON; words go to standard error."
)
def replay_command(**given: Any) -> None:
    """Run the scenarios in files and folders.

    At a tenant of the real platform (--tenant) a scenario waits in real time. FILE is YAML with platform_url, crm_url and callback_url, which leads to port 4702 of this machine (listen), or to a collector
    (collector_url). Secrets come from the environment only: ELEMENTS_LOCAL_TENANT_USER_SECRET, _ORGANIZATION_SECRET,
    _CRM_USERNAME and _CRM_API_KEY. Everything created there is named "elements-local-replay", and deleted again.

    Without a PATH the tenant is compared with this project's own scenarios: each agrees, differs (with both sides), or was not
    seen.

    Exit status: 0 all passed or agree, 1 one failed, differs or was not seen, 2 a file has mistakes, which are all listed, 130 it was
    interrupted.
    """
    replay(**given)
