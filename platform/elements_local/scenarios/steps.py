"""What each verb of a scenario does: one function a verb, on a running stack."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from msgspec import UNSET, to_builtins

from elements_local.clients import BASE_PATH
from elements_local.guide import instance_body
from elements_local.scenarios import expect, verbs
from elements_local.scenarios.checks import check, check_never, fail_if_any, inspect
from elements_local.scenarios.placeholders import filled, filled_text, slips
from elements_local.scenarios.records import COLLECTIONS, default_fields, kind_of
from elements_local.scenarios.scenario_context import (
    ExpectationError,
    ScenarioContext,
    ScenarioInstance,
    client_of,
    whose,
)
from elements_local.scenarios.shape_errors import unknown
from mock_kit.api.json_text import MalformedJsonError, decode
from mock_kit.api.nearest import nearest

HUB_CALLS = ("/hubs/", "/bulk", "/objects", "/ping")
"""How paths begin that are called with the token of an instance."""


def make_instance(context: ScenarioContext, name: str, differs: Mapping[str, Any]) -> None:
    """Make an instance like the guide's, but for what differs; its callbacks go to a path of its own."""
    credentials = context.clients.credentials
    guide = instance_body(credentials)
    differs = filled(context, dict(differs))
    callback_url = f"{credentials.callback_url}/{name}"
    configuration = {
        **guide["configuration"],
        "event.notification.callback.url": callback_url,
        **differs.get("configuration", {}),
    }
    instance = context.clients.platform.create_instance(
        {**guide, "name": name, **differs, "configuration": configuration}
    )
    context.instances[name] = ScenarioInstance(
        id=instance["id"],
        token=instance["token"],
        callback_url=str(configuration["event.notification.callback.url"]),
        signed=bool(configuration.get("event.notification.signature.key")),
    )


def take(context: ScenarioContext, verb: str, argument: verbs.Argument) -> None:
    """Do what a step says.

    Raises:
        ExpectationError: it was an expectation, and it does not hold.
        HarnessError: a service refused, or did not answer.
    """
    context.go_on()
    _VERBS[verb](context, argument)


def _make(context: ScenarioContext, argument: dict[str, dict[str, Any]]) -> None:
    for name, differs in argument.items():
        make_instance(context, name, differs)


def _create(context: ScenarioContext, argument: verbs.Fields) -> None:
    for name, fields in argument.items():
        whole = {**default_fields(name), **filled(context, fields or {})}
        made = context.clients.crm.create(COLLECTIONS[kind_of(name)], whole)
        context.names.add(name, made)
        _check_fields(name, whole, made)


def _update(context: ScenarioContext, argument: verbs.Fields) -> None:
    for name, fields in argument.items():
        changed = filled(context, fields or {})
        record = context.clients.crm.update(COLLECTIONS[kind_of(name)], context.names.id_of(name), changed)
        _check_fields(name, changed, record)


def _check_fields(name: str, sent: Iterable[str], record: Mapping[str, Any]) -> None:
    """Refuse a field that is nearly one of the record's: the CRM ignores it (observed), so that the slip would pass unseen."""
    known = {key.upper() for key in record}
    for field in sent:
        if field.upper() not in known and nearest(field, record):
            raise ExpectationError(f"{name}: {unknown('field', field, record)}")


def _delete(context: ScenarioContext, argument: str | list[str]) -> None:
    for name in [argument] if isinstance(argument, str) else argument:
        context.clients.crm.delete(COLLECTIONS[kind_of(name)], context.names.id_of(name))


def _advance(context: ScenarioContext, argument: str | float | verbs.AdvanceTo) -> None:
    if isinstance(argument, verbs.AdvanceTo):
        context.clients.clock.advance(to=context.instant(argument.to))
    else:
        context.clients.clock.advance(argument)


def _poll(context: ScenarioContext, argument: str | None) -> None:
    context.clients.platform.poll(context.instance(argument).id)


def _fault(context: ScenarioContext, argument: verbs.Fault | list[verbs.Fault]) -> None:
    rules = argument if isinstance(argument, list) else [argument]
    for service in {rule.service for rule in rules}:
        mine = [to_builtins(rule) for rule in rules if rule.service == service]
        client_of(context, service).call(
            "PUT", "/_local/faults" + whose(context, service), json={"faults": mine}
        )


def _respond(context: ScenarioContext, argument: verbs.Response | list[verbs.Response]) -> None:
    responses = argument if isinstance(argument, list) else [argument]
    context.clients.sink.respond(*(to_builtins(response) for response in responses))


def _configure(context: ScenarioContext, argument: dict[str, Any]) -> None:
    changes = {key: value for key, value in argument.items() if key != "instance"}
    instance = context.instance(argument.get("instance"))
    context.clients.platform.patch_instance(instance.id, {"configuration": filled(context, changes)})


def _request(context: ScenarioContext, argument: verbs.RequestStep) -> None:
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
        hints = (f"hint:     {slip}" for slip in slips(context, argument.path))
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
        if isinstance(value, int) and name.partition("/")[0] in COLLECTIONS:
            context.names.ids[name] = value
        context.kept[name] = value


def _platform_headers(context: ScenarioContext, path: str) -> dict[str, str | None]:
    """Return what a hub call needs beside the user: the token of the first instance."""
    own = context.clients.platform.headers["Authorization"]
    token = (
        f", Element {context.instance().token}" if path.startswith(HUB_CALLS) and context.instances else ""
    )
    return {"Authorization": own + token}


_VERBS: dict[str, Callable[[ScenarioContext, Any], None]] = {
    "create": _create,
    "update": _update,
    "delete": _delete,
    "make": _make,
    "advance": _advance,
    "poll": _poll,
    "fault": _fault,
    "respond": _respond,
    "configure": _configure,
    "request": _request,
    "snapshot": ScenarioContext.mark,
    "restore": ScenarioContext.go_back,
    "expect": check,
    "inspect": inspect,
    "never": check_never,
}
