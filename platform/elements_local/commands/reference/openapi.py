"""``openapi``: what a service's routes take and give, as an OpenAPI document."""

import json
from collections.abc import Iterable
from typing import Any

import click

from elements_local.clients import ServiceClient
from elements_local.command_line.options import examples
from elements_local.start import in_process

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
    with in_process() as stack:
        return {
            name: ServiceClient(http=stack.http, url=getattr(stack.addresses, name), headers={}).call(
                "GET", "/_local/openapi.json"
            )
            for name in services
        }


def print_document(document: dict[str, Any], *, compact: bool) -> None:
    """Print JSON that people read, unless it is to be one line."""
    click.echo(json.dumps(document, ensure_ascii=False, indent=None if compact else 2))
