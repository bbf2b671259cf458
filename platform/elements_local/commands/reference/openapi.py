"""``openapi``: what a service's routes take and give, as an OpenAPI document."""

from collections.abc import Iterable
from typing import Any

import click

from elements_local.command_line.output import examples

SERVICES = ("platform", "crm", "sink")


@click.command(
    "openapi",
    epilog=examples(
        "elements-local openapi platform > platform.json",
        "elements-local openapi crm --compact",
    ),
)
@click.argument("service", type=click.Choice(SERVICES))
@click.option("--compact", is_flag=True, help="Print one line.")
def command(service: str, *, compact: bool) -> None:
    """Print the OpenAPI 3.1 document of SERVICE; it is also served at /_local/openapi.json."""
    print_document(documents([service])[service], compact=compact)


def documents(services: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return the OpenAPI documents of some services by their names."""
    from elements_local.clients import ServiceClient  # noqa: PLC0415 - not needed for --help
    from elements_local.start import in_process  # noqa: PLC0415 - loads the services

    with in_process() as stack:
        return {
            name: ServiceClient(http=stack.http, url=getattr(stack.addresses, name), headers={}).call(
                "GET", "/_local/openapi.json"
            )
            for name in services
        }


def print_document(document: dict[str, Any], *, compact: bool) -> None:
    """Print JSON that people read, unless it is to be one line."""
    import json  # noqa: PLC0415 - only here is JSON to be read by people

    click.echo(json.dumps(document, ensure_ascii=False, indent=None if compact else 2))
