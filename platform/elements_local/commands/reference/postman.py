"""``postman``: a Postman collection of every operation, made from the OpenAPI documents."""

import click

from elements_local.command_line.options import examples
from elements_local.commands.reference.openapi import SERVICES, documents, print_document
from elements_local.postman import collection


@click.command(
    "postman",
    epilog=examples(
        "elements-local postman > elements-local.postman_collection.json",
        "elements-local postman platform sink --compact",
    ),
)
@click.argument("services", type=click.Choice([*SERVICES, "all"]), nargs=-1, metavar="[SERVICE]...")
@click.option("--compact", is_flag=True, help="Print one line.")
def command(services: tuple[str, ...], *, compact: bool) -> None:
    """Print a Postman collection (v2.1) of every operation of SERVICE: platform, crm, sink, or all (the default).

    `init` lays down the environment that goes with it, and smaller collections that teach.
    """
    chosen = [name for name in SERVICES if not services or {name, "all"} & {*services}]
    print_document(collection(documents(chosen)), compact=compact)
