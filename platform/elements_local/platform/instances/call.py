"""Calls about one instance or one element: what the path names, or what an Element token selects."""

from typing import Any, Self

from flask import Request

from elements_local.kit.http_message import Http
from elements_local.kit.text import whole_number
from elements_local.kit.traffic.calls import ENGINE, caller_of
from elements_local.kit.web.request_facts import facts_of
from elements_local.platform.call import Call, PlatformFacts
from elements_local.platform.core.instance import Instance
from elements_local.platform.elements.connector import Element, VendorClient
from elements_local.platform.errors import InstanceDisabledError, InvalidCredentialsError, NotFoundError
from elements_local.platform.instances.service_tokens import with_good_token
from elements_local.platform.instances.store import Instances

HUB = "hub"
"""What routes call the hub in a path, which is decorative (observed)."""


class ElementCall(Call, frozen=True, kw_only=True):
    """A call about the element that the path names."""

    element: Element

    @classmethod
    def of_request(cls, asked: Request, path: dict[str, Any]) -> Self:
        """Return a request's call.

        Raises:
            InvalidCredentialsError: a secret is missing or nobody's.
            NotFoundError: there is no such element.
        """
        call = Call.of_request(asked, path)
        element = call.catalogue.element(path.pop("key_or_id"))
        return cls(facts=call.facts, workspace=call.workspace, now=call.now, element=element)


class InstanceCall(Call, frozen=True, kw_only=True):
    """A call about the instance that the path names, or else the one that the Element token selects."""

    instance: Instance

    @property
    def element(self) -> Element:
        """The instance's element."""
        return self.element_of(self.instance)

    @classmethod
    def of_request(cls, asked: Request, path: dict[str, Any]) -> Self:
        """Return a request's call.

        Raises:
            InvalidCredentialsError: a secret is missing or nobody's; or there is no id, and the token is missing, or
                none of the workspace's.
            NotFoundError: the path's id is that of no instance, or of none of the element that it names.

        Source: the two forms do the same, the one without an id by the token (observed).
        """
        call = Call.of_request(asked, path)
        instance_id, element = path.pop("instance_id", None), path.pop("key_or_id", None)
        if instance_id is None:
            token = call.caller.sent.element
            if token is None:
                raise InvalidCredentialsError(
                    "An Element token is needed here: it says which instance is meant."
                )
            instance = instance_of_token(call, token)
        else:
            instance = instance_named(call, instance_id)
            if element is not None and call.catalogue.element(element).key != instance.element_key:
                raise NotFoundError("element instance", instance_id)
        return cls(facts=call.facts, workspace=call.workspace, now=call.now, instance=instance)


class TokenCall(InstanceCall, frozen=True, kw_only=True):
    """A call through an instance: of who has a user and an element."""

    @classmethod
    def of_request(cls, asked: Request, path: dict[str, Any]) -> Self:
        """Return a request's call.

        Raises:
            InvalidCredentialsError: a secret or the token is missing, nobody's, or of another workspace.
        """
        path.pop(HUB, None)
        facts: PlatformFacts = facts_of(asked)
        workspace = facts.caller.authenticated()
        token = facts.caller.sent.element
        if token is None:
            raise InvalidCredentialsError("An Element token is needed besides the User secret.")
        call = Call.of_workspace(facts, workspace)
        if facts.instance is None and caller_of(facts.environ) == ENGINE:
            facts.instance = facts.platform.polled.get(workspace.name, token, call.now)
        if facts.instance is None:
            facts.instance = instance_of_token(call, token)
        return cls(facts=facts, workspace=workspace, now=call.now, instance=facts.instance)

    def vendor(self, instance: Instance, wire: Http | None = None) -> VendorClient:
        """Return the vendor as an instance reaches it, by an access token that is good.

        Raises:
            ProviderError: there is a token, it is over, and the vendor gives no other.
        """
        return super().vendor(with_good_token(self, instance), wire)


class HubCall(TokenCall, frozen=True, kw_only=True):
    """A call through an instance that is not switched off."""

    @classmethod
    def of_request(cls, asked: Request, path: dict[str, Any]) -> Self:
        """Return a request's call.

        Raises:
            InvalidCredentialsError: a secret or the token is missing, nobody's, or of another workspace.
            InstanceDisabledError: the instance is switched off (observed: 403).
        """
        call = super().of_request(asked, path)
        if call.instance.disabled:
            raise InstanceDisabledError(call.instance.id)
        return call


def instance_of_token(call: Call, token: str) -> Instance:
    """Return the instance that an element token selects.

    Raises:
        InvalidCredentialsError: none, or no longer.
    """
    with call.platform.database.lookup(call.workspace.name) as tx:
        instance = Instances(tx).with_token(token)
    if instance is None:
        raise InvalidCredentialsError("The Element token is none of this workspace's.")
    return instance


def instance_named(call: Call, instance_id: str) -> Instance:
    """Return a workspace's instance by its id.

    Raises:
        NotFoundError: there is none, or it is another workspace's.
    """
    number = whole_number(instance_id)
    with call.read() as tx:
        instance = None if number is None else Instances(tx).get(number)
    if instance is None:
        raise NotFoundError("element instance", instance_id)
    return instance


def instances_asked_for(call: Call, instance_id: int | str | None) -> list[Instance]:
    """Return the instance that an admin route asks for; all, where it asks for none."""
    if instance_id is not None:
        return [instance_named(call, str(instance_id))]
    with call.read() as tx:
        return Instances(tx).all()
