"""What the platform's OpenAPI document says beside its routes."""

from typing import NotRequired, TypedDict

from elements_local.kit.api.openapi import Description
from elements_local.kit.api.operations import OpenApiCallback
from elements_local.platform.events.event import Envelope


class Problem(TypedDict):
    """Every error's body.

    Source: the two keys of an error, and the third of one that the provider gave (documented).
    """

    requestId: str
    message: str
    providerMessage: NotRequired[str]


DESCRIPTION = Description(
    title="Cloud Elements API v2, as elements-local imitates it",
    version="api-v2",
    text=(
        "Element instances, hub calls, events and what else a client of the platform reaches. "
        "Every success is 200. Credentials come in one header: `Authorization: User <secret>, "
        "Organization <secret>, Element <token>`. What stands below `/hubs/{hub}` is reached without these two words "
        "too, `accounts` and `users` where an Element token is sent; any hub does. With "
        "`Elements-Local-Id-Alias: false` a hub call's records come without the alias `id`."
    ),
    problem=Problem,
    security={
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": (
            "`User <secret>, Organization <secret>`, and `, Element <token>` where an instance is meant; "
            "`Bearer <token>`, from signing in, stands for the first two"
        ),
    },
    headers={"Elements-Request-Id": "24 hexadecimal digits, the same as an error's requestId"},
    problems=(406,),
)

EVENT_CALLBACK = {
    "event": OpenApiCallback(
        url="{$request.body#/configuration/event.notification.callback.url}",
        description="What the poller found: up to ten changes of one resource, with the changed records in full.",
        body=Envelope,
        headers={
            "Elements-Webhook-Id": "the notification's id",
            "Elements-Webhook-Signature": (
                "`sha256=` and the base64 of HMAC-SHA256 over the exact body, if the instance has a signature key"
            ),
        },
    )
}
"""What an instance with events enabled makes the platform send."""
