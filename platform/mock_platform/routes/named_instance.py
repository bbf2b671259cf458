"""Which instance a request is about: the one that its path names, or the one that its Element token selects.

A blueprint whose views are about one instance declares ``needs=named_instance``, puts ``aside`` the id of its paths,
and is registered both ways: below ``/instances/{id}`` and, for the token, below ``/instances``.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, g

from mock_kit.workspaces import Workspace
from mock_platform.domain.errors import InvalidCredentialsError
from mock_platform.domain.models import Instance
from mock_platform.routes.parts import authorization, caller, instance_named, instance_of_token

if TYPE_CHECKING:
    from flask import Flask

_ID = "instance_id"


@dataclass(frozen=True, kw_only=True)
class Named:
    """Who calls, and about which instance."""

    workspace: Workspace
    instance: Instance


def named_instance() -> Named:
    """Return the caller and the instance.

    Raises:
        InvalidCredentialsError: a secret is missing or nobody's; or there is no id, and the token is missing, or
            none of the workspace's.
        NotFoundError: the path's id is that of no instance.

    Source: the two forms do the same, the one without an id by the token (observed).
    """
    workspace = caller()
    instance_id = g.get(_ID)
    if instance_id is not None:
        return Named(workspace=workspace, instance=instance_named(workspace, instance_id))
    token = authorization().element
    if token is None:
        raise InvalidCredentialsError("An Element token is needed here: it says which instance is meant.")
    return Named(workspace=workspace, instance=instance_of_token(workspace, token))


def instance_blueprint(name: str) -> Blueprint:
    """Return a blueprint whose views know their instance from ``named_instance`` and take no id."""
    blueprint = Blueprint(name, __name__)
    blueprint.url_value_preprocessor(put_id_aside)
    return blueprint


def put_id_aside(_endpoint: str | None, values: dict[str, str] | None) -> None:
    """Keep the id of a path for ``named_instance``, so that no view has to take it."""
    if values and _ID in values:
        g.setdefault(_ID, values.pop(_ID))


def register_both_ways(app: "Flask", blueprint: Blueprint, *, base_path: str) -> None:
    """Register a blueprint for instances named by id, and for the one that the token selects."""
    app.register_blueprint(blueprint, url_prefix=f"{base_path}/instances/<{_ID}>")
    app.register_blueprint(blueprint, url_prefix=f"{base_path}/instances", name=f"{blueprint.name}_of_token")
