"""``openapi``: what a service's routes take and give, as an OpenAPI document."""

import click

from elements_local.clients import Client
from mock_kit.json_text import decode


@click.command("openapi")
@click.argument("service", type=click.Choice(["platform", "crm", "sink"]))
@click.option("--compact", is_flag=True, help="Print one line.")
def command(service: str, *, compact: bool) -> None:
    """Print the OpenAPI 3.1 document of SERVICE; it is also served at /_local/openapi.json."""
    import json  # noqa: PLC0415 - only here is JSON to be read by people

    from elements_local.start import in_process  # noqa: PLC0415 - loads the services

    with in_process() as stack:
        url = getattr(stack.addresses, service)
        reply = Client(http=stack.http, url=url, headers={}).send("GET", "/_local/openapi.json")
    document = decode(reply.body)
    click.echo(json.dumps(document, ensure_ascii=False, indent=None if compact else 2))
