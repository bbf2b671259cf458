"""Element instances: how one is made, changed and shown."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from mock_platform.domain import configuration
from mock_platform.domain.element import Element
from mock_platform.domain.errors import InvalidRequestError
from mock_platform.domain.iso_dates import iso_date
from mock_platform.domain.masking import mask
from mock_platform.domain.models import Instance, User

_MARKUP = re.compile(
    r"""
      <!--.*?(?:-->|\Z)
    | <[A-Za-z/!?](?:=\s*"[^"]*(?:"|\Z)|=\s*'[^']*(?:'|\Z)|[^>])*(?:>|\Z)
    """,
    re.VERBOSE | re.DOTALL,
)
_TAG_START = re.compile("(?<!<)<+(?=[A-Za-z/!?])")
"""What taking out markup may leave of markup inside markup."""


@dataclass(frozen=True, kw_only=True)
class InstanceBody:
    """What a client says about an instance; None where it says nothing."""

    name: str | None = None
    configuration: Mapping[str, object] | None = None
    tags: tuple[str, ...] | None = None
    external_authentication: str | None = None


def make(  # noqa: PLR0913 - what an instance comes with; all of it by name
    body: InstanceBody,
    element: Element,
    *,
    instance_id: int,
    token: str,
    now: datetime,
    user_id: int | None = None,
) -> Instance:
    """Return a new instance.

    Args:
        user_id: whose it is to be; None is the user that the workspace began with.

    Raises:
        InvalidRequestError: there is no name.

    Source: tags default to the instance's name (observed).
    """
    name = _name(body.name)
    return Instance(
        id=instance_id,
        token=token,
        name=name,
        tags=body.tags or (name,),
        element_key=element.key,
        configuration=configuration.complete(body.configuration or {}, element),
        created=now.replace(microsecond=0),
        external_authentication=body.external_authentication or "none",
        user_id=user_id,
    )


def put(instance: Instance, body: InstanceBody, element: Element) -> Instance:
    """Return the instance with everything replaced by what is sent, and secrets kept if none are.

    Source: PUT takes the shape of a create (observed); that it keeps credentials which are left out follows
        from its use for changing event settings alone, and is assumed.
    """
    credentials = {*element.secret_keys, "username"}
    kept = {key: value for key, value in instance.configuration.items() if key in credentials}
    sent = {**kept, **(body.configuration or {})}
    name = _name(body.name)
    return replace(
        instance,
        name=name,
        tags=(name,) if body.tags is None else body.tags,
        configuration=configuration.complete(sent, element, stored=instance.configuration),
    )


def patch(instance: Instance, body: InstanceBody, element: Element) -> Instance:
    """Return the instance with only what is sent changed; tags are replaced as a whole (observed)."""
    return replace(
        instance,
        name=instance.name if body.name is None else _name(body.name),
        tags=instance.tags if body.tags is None else body.tags,
        configuration=configuration.merge(instance.configuration, body.configuration or {}, element),
    )


def to_json(instance: Instance, element: Element, user: User, *, unset: str | None) -> dict[str, object]:
    """Return an instance as the platform shows it, keys in its order.

    Args:
        unset: how a configuration key without a value is shown: null in older captures, "" in newer ones.

    Source: the platform's answers (documented, observed).
    """
    values = mask(instance.configuration, element.secret_keys)
    enabled = configuration.events_enabled(instance.configuration)
    callback_url = instance.configuration.get(configuration.CALLBACK_URL)
    events: dict[str, object] = {}
    if enabled and callback_url:
        events["eventsNotificationCallbackUrl"] = callback_url
    if instance.subscription_id is not None:
        events["subscriptionId"] = instance.subscription_id
    return {
        "id": instance.id,
        "name": instance.name,
        "createdDate": iso_date(instance.created),
        "token": instance.token,
        "element": element_to_json(element),
        "elementId": element.id,
        "tags": list(instance.tags),
        "provisionInteractions": [],
        "valid": True,
        "disabled": instance.disabled,
        "maxCacheSize": 0,
        "cacheTimeToLive": 0,
        "configuration": {key: unset if value is None else value for key, value in values.items()},
        "eventsEnabled": enabled,
        **events,
        "traceLoggingEnabled": False,
        "cachingEnabled": False,
        "externalAuthentication": instance.external_authentication,
        "user": {
            "id": user.id,
            "emailAddress": user.email,
            "firstName": user.first_name,
            "lastName": user.last_name,
        },
    }


def element_to_json(element: Element) -> dict[str, object]:
    """Return an element as an instance shows it, keys in the platform's order (documented)."""
    return {
        "id": element.id,
        "name": element.name,
        "key": element.key,
        "description": element.description,
        "image": element.image,
        "active": True,
        "deleted": False,
        "typeOauth": False,
        "trialAccount": False,
        "resources": [],
        "transformationsEnabled": True,
        "bulkDownloadEnabled": True,
        "bulkUploadEnabled": True,
        "cloneable": True,
        "extendable": True,
        "beta": False,
        "authentication": {"type": "basic"},
        "extended": False,
        "hub": element.hub,
        "protocolType": "http",
        "parameters": [],
    }


def clean(name: str) -> str:
    """Return a name without markup: the text of elements stays, tags and attributes go.

    Source: the vendor's test suite (observed).

    >>> clean("<b onclick='x()'>Ada</b> @ R&D")
    'Ada @ R&D'
    """
    return _TAG_START.sub("", _MARKUP.sub("", name)).strip()


def _name(sent: str | None) -> str:
    name = clean(sent or "")
    if not name:
        raise InvalidRequestError(f"name must be a text that is more than markup; got {sent!r}")
    return name
