"""What each verb of a scenario does: one function a verb, on a running stack."""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import UNSET, to_builtins

from elements_local.clients import BASE_PATH, Client
from elements_local.guide import instance_body
from elements_local.scenarios import expect, verbs
from elements_local.scenarios.checks import check, check_never, refuse
from elements_local.scenarios.placeholders import filled, filled_text, slips
from elements_local.scenarios.records import COLLECTIONS, default_fields, kind_of
from elements_local.scenarios.world import ExpectationError, Instance, World, door, whose
from mock_kit.api.json_text import MalformedJsonError, decode

HUB_CALLS = ("/hubs/", "/bulk", "/objects", "/ping")
"""How paths begin that are called with the token of an instance."""


def make_instance(world: World, name: str, differs: Mapping[str, Any]) -> None:
    """Make an instance like the guide's, but for what differs; its callbacks go to a path of its own."""
    credentials = world.doors.credentials
    guide = instance_body(credentials)
    differs = filled(world, dict(differs))
    callback_url = f"{credentials.callback_url}/{name}"
    configuration = {
        **guide["configuration"],
        "event.notification.callback.url": callback_url,
        **differs.get("configuration", {}),
    }
    made = world.doors.platform.create_instance(
        {**guide, "name": name, **differs, "configuration": configuration}
    )
    world.instances[name] = Instance(
        id=made["id"],
        token=made["token"],
        callback_url=str(configuration["event.notification.callback.url"]),
        signed=bool(configuration.get("event.notification.signature.key")),
    )


def take(world: World, verb: str, argument: verbs.Argument) -> None:
    """Do what a step says.

    Raises:
        ExpectationError: it was an expectation, and it does not hold.
        HarnessError: a service refused, or did not answer.
    """
    world.go_on()
    _VERBS[verb](world, argument)


def _make(world: World, argument: dict[str, dict[str, Any]]) -> None:
    for name, differs in argument.items():
        make_instance(world, name, differs)


def _create(world: World, argument: verbs.Fields) -> None:
    for name, fields in argument.items():
        whole = {**default_fields(name), **filled(world, fields or {})}
        world.names.add(name, world.doors.crm.create(COLLECTIONS[kind_of(name)], whole))


def _update(world: World, argument: verbs.Fields) -> None:
    for name, fields in argument.items():
        changed = filled(world, fields or {})
        world.doors.crm.update(COLLECTIONS[kind_of(name)], world.names.id_of(name), changed)


def _delete(world: World, argument: str | list[str]) -> None:
    for name in [argument] if isinstance(argument, str) else argument:
        world.doors.crm.delete(COLLECTIONS[kind_of(name)], world.names.id_of(name))


def _advance(world: World, argument: str | float | verbs.AdvanceTo) -> None:
    if isinstance(argument, verbs.AdvanceTo):
        world.doors.clock.advance(to=world.instant(argument.to))
    else:
        world.doors.clock.advance(argument)


def _poll(world: World, argument: str | None) -> None:
    world.doors.platform.poll(world.instance(argument).id)


def _fault(world: World, argument: verbs.Fault | list[verbs.Fault]) -> None:
    rules = argument if isinstance(argument, list) else [argument]
    for service in {rule.service for rule in rules}:
        mine = [to_builtins(rule) for rule in rules if rule.service == service]
        door(world, service).call("PUT", "/_local/faults" + whose(world, service), json={"faults": mine})


def _respond(world: World, argument: verbs.Response | list[verbs.Response]) -> None:
    responses = argument if isinstance(argument, list) else [argument]
    world.doors.sink.respond(*(to_builtins(response) for response in responses))


def _configure(world: World, argument: dict[str, Any]) -> None:
    changes = {key: value for key, value in argument.items() if key != "instance"}
    changed = world.instance(argument.get("instance"))
    world.doors.platform.patch_instance(changed.id, {"configuration": filled(world, changes)})


def _request(world: World, argument: verbs.Request) -> None:
    client = door(world, argument.service)
    path = filled_text(world, argument.path)
    headers: dict[str, str | None] = {}
    if argument.service == "platform":
        headers = _platform_headers(world, path)
        path = path if path.startswith("/_local") else BASE_PATH + path
    headers |= {key: value and filled_text(world, value) for key, value in argument.headers.items()}
    caller = Client(
        http=client.http,
        url=client.url,
        headers={key: value for key, value in {**client.headers, **headers}.items() if value is not None},
    )
    body = None if argument.json is UNSET else filled(world, argument.json)
    reply = caller.send(argument.method, path, json=body, body=(argument.text or "").encode())
    text = reply.body.decode("utf-8", "replace")
    if reply.status != argument.status:
        hints = (f"hint:     {slip}" for slip in slips(world, argument.path))
        raise ExpectationError(
            f"expected: {argument.status}", f"actual:   {reply.status} {text[:1000]}", *hints
        )
    if argument.expect is not UNSET:
        try:
            refuse(expect.contained(filled(world, argument.expect), decode(text) if text else None))
        except MalformedJsonError as error:
            raise ExpectationError(f"expected JSON; {error}", f"actual:   {text[:1000]}") from error
    if argument.keep:
        _keep(world, argument.keep, text)


def _keep(world: World, wanted: dict[str, str], text: str) -> None:
    """Keep values of an answer by names, those of records as if a step had created them."""
    try:
        answer = decode(text)
    except MalformedJsonError as error:
        raise ExpectationError(f"expected JSON to keep {', '.join(wanted)} of; {error}") from error
    for name, key in wanted.items():
        value = answer.get(key) if isinstance(answer, dict) else None
        if not isinstance(value, int | str):
            raise ExpectationError(f"expected a {key!r} to keep as {name!r}", f"actual:   {text[:1000]}")
        if isinstance(value, int) and name.partition("/")[0] in COLLECTIONS:
            world.names.ids[name] = value
        world.kept[name] = value


def _platform_headers(world: World, path: str) -> dict[str, str | None]:
    """Return what a hub call needs beside the user: the token of the first instance."""
    own = world.doors.platform.headers["Authorization"]
    token = f", Element {world.instance().token}" if path.startswith(HUB_CALLS) and world.instances else ""
    return {"Authorization": own + token}


_VERBS: dict[str, Callable[[World, Any], None]] = {
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
    "snapshot": World.mark,
    "restore": World.go_back,
    "expect": check,
    "never": check_never,
}
