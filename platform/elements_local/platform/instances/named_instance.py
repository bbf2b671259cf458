"""Which instance a request is about: the one that its path names, or the one that its Element token selects.

A blueprint made here has views that are about one instance: they need ``named_instance`` and take no id. It is
registered both ways, below ``/instances/{id}`` and, for the token, below ``/instances``.
"""

from typing import TYPE_CHECKING

from flask import Blueprint, g
from msgspec import Struct

from elements_local.kit.workspaces.registry import Workspace
from elements_local.platform.accounts.calling import authorization, caller
from elements_local.platform.core.instance import Instance
from elements_local.platform.elements.element import Element
from elements_local.platform.elements.service import catalogue
from elements_local.platform.errors import InvalidCredentialsError, NotFoundError
from elements_local.platform.instances.calling import instance_named, instance_of_token

if TYPE_CHECKING:
    from flask import Flask

_ID, _ELEMENT = "instance_id", "key_or_id"


class NamedInstance(Struct, frozen=True, kw_only=True):
    """Who calls, and about which instance."""

    workspace: Workspace
    instance: Instance

    @property
    def element(self) -> Element:
        """The instance's element."""
        return catalogue().element(self.instance.element_key)


class ElementCaller(Struct, frozen=True, kw_only=True):
    """Who calls, and about which element."""

    workspace: Workspace
    element: Element


def named_instance() -> NamedInstance:
    """Return the caller and the instance.

    Raises:
        InvalidCredentialsError: a secret is missing or nobody's; or there is no id, and the token is missing, or
            none of the workspace's.
        NotFoundError: the path's id is that of no instance, or of none of the element that it names.

    Source: the two forms do the same, the one without an id by the token (observed).
    """
    workspace = caller()
    instance_id, element = g.get(_ID), g.get(_ELEMENT)
    if instance_id is None:
        return NamedInstance(workspace=workspace, instance=_selected(workspace))
    instance = instance_named(workspace, instance_id)
    if element is not None and catalogue().element(element).key != instance.element_key:
        raise NotFoundError("element instance", instance_id)
    return NamedInstance(workspace=workspace, instance=instance)


def named_element() -> ElementCaller:
    """Return the caller and the element that the path names.

    Raises:
        InvalidCredentialsError: a secret is missing or nobody's.
        NotFoundError: there is no such element.
    """
    workspace = caller()
    return ElementCaller(workspace=workspace, element=catalogue().element(g.get(_ELEMENT)))


def instance_blueprint(name: str) -> Blueprint:
    """Return a blueprint whose views know their instance from ``named_instance`` and take no id."""
    blueprint = Blueprint(name, __name__)
    blueprint.url_value_preprocessor(put_names_aside)
    return blueprint


def put_names_aside(_endpoint: str | None, values: dict[str, str] | None) -> None:
    """Keep what a path names for ``named_instance`` and ``named_element``, so that no view has to take it."""
    for name in (_ID, _ELEMENT):
        if values and name in values:
            setattr(g, name, values.pop(name))


def register_both_ways(app: "Flask", blueprint: Blueprint, *, base_path: str) -> None:
    """Register a blueprint for instances named by id, and for the one that the token selects."""
    app.register_blueprint(blueprint, url_prefix=f"{base_path}/instances/<{_ID}>")
    app.register_blueprint(blueprint, url_prefix=f"{base_path}/instances", name=f"{blueprint.name}_of_token")


def _selected(workspace: Workspace) -> Instance:
    token = authorization().element
    if token is None:
        raise InvalidCredentialsError("An Element token is needed here: it says which instance is meant.")
    return instance_of_token(workspace, token)
