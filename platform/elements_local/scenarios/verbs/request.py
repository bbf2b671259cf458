"""The verb ``request``: any call, and what is to come of it."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct

from elements_local.clients.records import INSIGHTLY, RESOURCES
from elements_local.clients.workspace_clients import BASE_PATH
from elements_local.kit.api.json_text import MalformedJsonError, decode
from elements_local.scenarios import expect
from elements_local.scenarios.scenario_context import (
    ExpectationError,
    ScenarioContext,
    client_of,
    fail_if_any,
    filled,
    filled_text,
    unknown_placeholders,
)
from elements_local.scenarios.verbs.verb import Objection, StateSoFar, TenantAbilities, Verb

HUB_CALLS = ("/hubs/", "/bulk", "/objects", "/ping")
"""How paths begin that are called with the token of an instance."""

_PATH = "^/"
_ADMIN = "/_local"
_OWN = re.compile(r"\{[\w./-]+\}")
_NUMBER_IN_PATH = re.compile(r"/\d+(?=[/?]|$)")
_HUB = ("/hubs/", "/objects", "/ping")
_INSTANCES_OWN = "/instances/{"
_LISTS = frozenset({"/instances", "/instances/events/analytics"})
_MADE = re.compile(rf"/instances|/v\d\.\d/(?:{'|'.join(RESOURCES)})")


class RequestStep(Struct, forbid_unknown_fields=True):
    """Any call, and what is to come of it.

    Attributes:
        service: platform, crm, sink, or by its element's name another vendor that the stack plays.
        path: below ``/elements/api-v2`` on the platform. Here and in ``json``, ``headers`` and ``expect``,
            ``{instance}`` and ``{contacts/ada}`` stand for ids, ``{workspace}`` and ``{callback_url}`` for its own.
        headers: added to those of the workspace's credentials; null takes one away.
        text: a body that is sent as it is.
        expect: what the answer's JSON has to contain; ``{text}`` and ``{number}`` are any value of that type, ``{absent}`` a
            key that is not there.
        expect_headers: some that the answer has to have; null for one that must not be there.
        keep: names for values of the answer, by their keys: ``{subscriptions/news: id}``, for later steps to use as ``{subscriptions/news}``.
    """

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    path: Annotated[
        str, Meta(pattern=_PATH, description="a path that starts with a slash, such as /instances")
    ]
    service: str = "platform"
    json: object = UNSET
    text: str | None = None
    headers: dict[str, str | None] = {}
    status: int = 200
    expect: object = UNSET
    expect_headers: dict[str, str | None] = {}
    keep: dict[str, str] = {}


def _request(context: ScenarioContext, argument: RequestStep) -> None:
    client = client_of(context, argument.service)
    path = filled_text(context, argument.path)
    headers: dict[str, str | None] = {}
    if argument.service == "platform":
        headers = _platform_headers(context, path)
        path = path if path.startswith("/_local") else BASE_PATH + path
    headers |= {key: value and filled_text(context, value) for key, value in argument.headers.items()}
    sent = {key: value for key, value in {**client.headers, **headers}.items() if value is not None}
    caller = replace(client, headers=sent)
    body = None if argument.json is UNSET else filled(context, argument.json)
    reply = caller.send(argument.method, path, json=body, body=(argument.text or "").encode())
    text = reply.body.decode("utf-8", "replace")
    if reply.status != argument.status:
        hints = (f"hint:     {each}" for each in unknown_placeholders(context, argument.path))
        raise ExpectationError(
            f"expected: {argument.status}", f"actual:   {reply.status} {text[:1000]}", *hints
        )
    fail_if_any(expect.headers(argument.expect_headers, dict(reply.headers)))
    if argument.expect is not UNSET:
        try:
            fail_if_any(expect.contained(filled(context, argument.expect), decode(text) if text else None))
        except MalformedJsonError as error:
            raise ExpectationError(f"expected JSON; {error}", f"actual:   {text[:1000]}") from error
    if argument.keep:
        _keep(context, argument.keep, text)


def _keep(context: ScenarioContext, names: dict[str, str], text: str) -> None:
    """Keep values of an answer by names, those of records as if a step had created them."""
    try:
        answer = decode(text)
    except MalformedJsonError as error:
        raise ExpectationError(f"expected JSON to keep {', '.join(names)} of; {error}") from error
    for name, key in names.items():
        value = answer.get(key) if isinstance(answer, dict) else None
        if not isinstance(value, int | str):
            raise ExpectationError(f"expected a {key!r} to keep as {name!r}", f"actual:   {text[:1000]}")
        kind = name.partition("/")[0]
        if kind in context.kinds and (isinstance(value, int) or context.kinds.of(kind).element != INSIGHTLY):
            context.names.ids[name] = value
        context.kept[name] = value


def _platform_headers(context: ScenarioContext, path: str) -> dict[str, str | None]:
    """Return what a hub call needs beside the user: the token of the first instance."""
    own = context.clients.platform.headers["Authorization"]
    token = (
        f", Element {context.instance().token}" if path.startswith(HUB_CALLS) and context.instances else ""
    )
    return {"Authorization": own + token}


def _objections(state: StateSoFar, argument: RequestStep) -> Iterator[Objection]:
    state.records.extend(argument.keep)
    yield from state.service_objections(argument.service, ("service",))


def _obstacles(argument: RequestStep, _tenant: TenantAbilities) -> Iterator[str]:
    path = argument.path
    if argument.service == "sink" or path.startswith(_ADMIN):
        yield "a tenant has no such route"
    elif _NUMBER_IN_PATH.search(path.partition("?")[0]):
        yield "an id that only our own stack has"
    elif argument.method == "GET":
        yield from _read(argument)
    elif not (_OWN.search(path) or _is_refused(argument)):
        yield "it may create or change others' data"


def _is_refused(argument: RequestStep) -> bool:
    """Say whether it should make nothing; an instance or a record that it makes all the same is noted, and taken away."""
    return argument.method == "POST" and argument.status >= 400 and bool(_MADE.fullmatch(argument.path))


def _read(argument: RequestStep) -> Iterator[str]:
    """Yield what is wrong with reading: what others have is in lists, too, and decides about more than ours."""
    is_own = bool(_OWN.search(argument.path)) and "/events" not in argument.path
    known = argument.service == "crm" or argument.path.startswith((_INSTANCES_OWN, *_HUB))
    shown = known or argument.path.partition("?")[0] in _LISTS
    looks = argument.expect is not UNSET or argument.expect_headers
    if argument.status < 400 and not (is_own or (shown and not looks)):
        yield "it reads others' data, too"
    if argument.status == 404 and not is_own and not known:
        yield "it counts on there being nothing of others"


REQUEST = Verb(
    name="request",
    shape=RequestStep,
    example="`request: {method: GET, path: /instances}`",
    take=_request,
    objections=_objections,
    obstacles=_obstacles,
    shown=True,
)
