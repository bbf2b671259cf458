"""``/_local/warnings``: what users will regret of the instances that there are."""

from collections.abc import Iterable, Iterator
from typing import Annotated, NotRequired, TypedDict

from flask import Blueprint
from msgspec import Meta, Struct

from elements_local.kit.api.operations import Answer, operation
from elements_local.platform.call import AdminCall, Call
from elements_local.platform.core.instance import Instance
from elements_local.platform.instances.call import instances_asked_for
from elements_local.platform.lint.service import warnings_of
from elements_local.platform.lint.store import BodyWarnings
from elements_local.platform.lint.warning import ConfigWarnings, WarningJson

bp = Blueprint("config_warnings", __name__, url_prefix="/_local/warnings")


class WarningsQuery(Struct, rename="camel"):
    """Whose warnings are asked for: those of all instances, unless one is named."""

    instance_id: Annotated[int, Meta(ge=0, le=10**18)] | None = None


class InstanceWarningsJson(TypedDict):
    """An instance with its warnings."""

    instanceId: int
    name: NotRequired[str]
    warnings: list[WarningJson]


class WarningsJson(TypedDict):
    """The instances that there is something to say of, by ascending id."""

    warnings: list[InstanceWarningsJson]


@bp.get("")
@operation(problems=(401, 403, 404))
def index(call: AdminCall, query: WarningsQuery) -> Answer[WarningsJson]:
    """List what the platform took without a word and users will regret; instances without any are left out."""
    instances = instances_asked_for(call, query.instance_id)
    shown: list[InstanceWarningsJson] = [
        {"instanceId": instance.id, "name": instance.name, "warnings": warnings.to_json()}
        for instance, warnings in kept_warnings(call, instances)
        if warnings.listed
    ]
    return Answer({"warnings": shown})


def kept_warnings(call: Call, instances: Iterable[Instance]) -> Iterator[tuple[Instance, ConfigWarnings]]:
    """Yield instances with all that is to be said of each."""
    with call.read() as tx:
        of_bodies = BodyWarnings(tx).all()
    for instance in instances:
        yield instance, warnings_of(call, instance, of_bodies.get(instance.id, ConfigWarnings()))
