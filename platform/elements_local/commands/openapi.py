"""``openapi``: what a service's routes take and give, as an OpenAPI document or a Postman collection."""

from typing import TYPE_CHECKING, Any

import click

from elements_local.commands.output import examples

if TYPE_CHECKING:
    from elements_local.stack.stack import Stack

SERVICES = ("platform", "crm", "sink")


@click.command(
    "openapi",
    epilog=examples(
        "elements-local openapi platform > platform.json",
        "elements-local openapi all --postman > collection.json",
        "elements-local openapi crm --compact",
    ),
)
@click.argument("service", type=click.Choice([*SERVICES, "all"]))
@click.option("--postman", is_flag=True, help="Print a Postman collection (v2.1) instead; it can be of all.")
@click.option("--compact", is_flag=True, help="Print one line.")
def command(service: str, *, postman: bool, compact: bool) -> None:
    """Print the OpenAPI 3.1 document of SERVICE; it is also served at /_local/openapi.json."""
    import json  # noqa: PLC0415 - only here is JSON to be read by people

    from elements_local.postman import collection  # noqa: PLC0415 - seldom wanted
    from elements_local.start import in_process  # noqa: PLC0415 - loads the services

    if service == "all" and not postman:
        raise click.UsageError("a document is of one service; choose platform, crm or sink")
    chosen = SERVICES if service == "all" else (service,)
    with in_process() as stack:
        documents = {name: _document(stack, name) for name in chosen}
    document = collection(documents) if postman else documents[service]
    click.echo(json.dumps(document, ensure_ascii=False, indent=None if compact else 2))


def _document(stack: "Stack", service: str) -> dict[str, Any]:
    from elements_local.clients import ServiceClient  # noqa: PLC0415 - not needed for --help

    client = ServiceClient(http=stack.http, url=getattr(stack.addresses, service), headers={})
    document: dict[str, Any] = client.call("GET", "/_local/openapi.json")
    return document
