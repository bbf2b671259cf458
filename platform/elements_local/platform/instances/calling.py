"""Which instance the present call goes through, or is about."""

from datetime import datetime

from flask import request
from msgspec import Struct

from elements_local.kit.text import whole_number
from elements_local.kit.workspaces.registry import Workspace
from elements_local.platform.accounts.calling import authorization, calling
from elements_local.platform.core.dependencies import dependencies
from elements_local.platform.core.instance import Instance
from elements_local.platform.errors import InstanceDisabledError, InvalidCredentialsError, NotFoundError
from elements_local.platform.instances.store import Instances

_CALLER = "elements_local.platform.hub_caller"


class HubCaller(Struct, frozen=True, kw_only=True):
    """Who calls, and through which instance."""

    workspace: Workspace
    instance: Instance


def hub_caller() -> HubCaller:
    """Return the workspace and the instance of a call that needs a user and an element, which are found once a request.

    Raises:
        InvalidCredentialsError: a secret or the token is missing, nobody's, or of another workspace.
    """
    environ = request.environ
    if _CALLER in environ:
        found: HubCaller = environ[_CALLER]
        return found
    sent = authorization()
    workspace = calling(sent)
    if sent.element is None:
        raise InvalidCredentialsError("An Element token is needed beside the User secret.")
    instance = instance_of_token(workspace, sent.element)
    caller = environ[_CALLER] = HubCaller(workspace=workspace, instance=instance)
    return caller


def enabled_caller() -> HubCaller:
    """Return the workspace and the instance of a call as ``hub_caller`` does, unless the instance is switched off.

    Raises:
        InvalidCredentialsError: a secret or the token is missing, nobody's, or of another workspace.
        InstanceDisabledError: the instance is switched off (observed for hub calls: 403).
    """
    caller = hub_caller()
    if caller.instance.disabled:
        raise InstanceDisabledError(caller.instance.id)
    return caller


def called_instance() -> Instance | None:
    """Return the instance that the present call went through; None where it went through none."""
    caller: HubCaller | None = request.environ.get(_CALLER)
    return None if caller is None else caller.instance


def called_at() -> datetime:
    """Return the instant of the present call through an instance, by its workspace's clock."""
    caller: HubCaller = request.environ[_CALLER]
    return caller.workspace.clock.now()


def instance_of_token(workspace: Workspace, token: str) -> Instance:
    """Return the instance that an element token selects.

    Raises:
        InvalidCredentialsError: none, or no longer.
    """
    with dependencies().store.read(workspace.name) as tx:
        instance = Instances(tx).with_token(token)
    if instance is None:
        raise InvalidCredentialsError("The Element token is none of this workspace's.")
    return instance


def instance_named(workspace: Workspace, instance_id: str) -> Instance:
    """Return a workspace's instance by the id in a path.

    Raises:
        NotFoundError: there is none, or it is another workspace's.
    """
    number = whole_number(instance_id)
    with dependencies().store.read(workspace.name) as tx:
        instance = None if number is None else Instances(tx).get(number)
    if instance is None:
        raise NotFoundError("element instance", instance_id)
    return instance


def instances_asked_for(workspace: Workspace, instance_id: int | str | None) -> list[Instance]:
    """Return the instance that an admin route asks for; all, where it asks for none."""
    if instance_id is not None:
        return [instance_named(workspace, str(instance_id))]
    with dependencies().store.read(workspace.name) as tx:
        return Instances(tx).all()
