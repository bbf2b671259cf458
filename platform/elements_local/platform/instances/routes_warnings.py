"""``/_local/warnings``: what users will regret of the instances that there are."""

from collections.abc import Iterable, Iterator
from typing import Annotated, NotRequired, TypedDict

from flask import Blueprint
from msgspec import Meta, Struct

from elements_local.kit.admin.routes import asked_workspace
from elements_local.kit.api.operations import Answer, operation
from elements_local.kit.workspaces.registry import Workspace
from elements_local.platform.core.dependencies import dependencies
from elements_local.platform.core.instance import Instance
from elements_local.platform.elements.service import catalogue
from elements_local.platform.instances.calling import instances_asked_for
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
def index(query: WarningsQuery) -> Answer[WarningsJson]:
    """List what the platform took without a word and users will regret; instances without any are left out."""
    workspace = asked_workspace()
    instances = instances_asked_for(workspace, query.instance_id)
    shown: list[InstanceWarningsJson] = [
        {"instanceId": instance.id, "name": instance.name, "warnings": warnings.to_json()}
        for instance, warnings in kept_warnings(workspace, instances)
        if warnings.listed
    ]
    return Answer({"warnings": shown})


def kept_warnings(
    workspace: Workspace, instances: Iterable[Instance]
) -> Iterator[tuple[Instance, ConfigWarnings]]:
    """Yield instances with all that is to be said of each."""
    elements = {element.key: element for element in catalogue().elements}
    with dependencies().store.read(workspace.name) as tx:
        of_bodies = BodyWarnings(tx).all()
    for instance in instances:
        of_body = of_bodies.get(instance.id, ConfigWarnings())
        yield instance, warnings_of(instance, elements[instance.element_key], of_body)
