"""The verbs ``create``, ``update`` and ``delete``: records of the CRM, by names of the scenario's own."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, TypeAlias

from msgspec import Meta

from elements_local.clients.records import default_fields, merged
from elements_local.kit.api.json_text import decode
from elements_local.kit.api.shape_words import PATTERNS
from elements_local.kit.text import nearest
from elements_local.scenarios import expect
from elements_local.scenarios.scenario_context import ExpectationError, ScenarioContext, filled
from elements_local.scenarios.verbs.verb import Objection, StateSoFar, Verb
from elements_local.stack.shape_errors import unknown

_NAME = r"^[A-Za-z][\w-]*/[\w.-]+$"
PATTERNS[_NAME] = "a record's name: a kind, a slash and a word, such as contacts/ada"
Name: TypeAlias = Annotated[str, Meta(pattern=_NAME)]
"""A record's name in a scenario: its hub resource, a slash, and a name of the author's own."""

Fields: TypeAlias = dict[Name, dict[str, object] | None]


def _create(context: ScenarioContext, argument: Fields) -> None:
    for name, fields in argument.items():
        kind = context.kinds.of(name)
        whole = merged(default_fields(name, context.kinds), filled(context, fields or {}))
        made = context.clients.crm.create(kind.address, whole)
        context.names.add(name, made, kind.id)
        _check_fields(name, whole, made)


def _update(context: ScenarioContext, argument: Fields) -> None:
    for name, fields in argument.items():
        changed = filled(context, fields or {})
        address = context.kinds.of(name).address
        record = context.clients.crm.update(address, context.names.id_of(name), changed)
        _check_fields(name, changed, record)


def _check_fields(name: str, sent: Iterable[str], record: Mapping[str, Any]) -> None:
    """Refuse a field that is nearly one of the record's: the CRM ignores it (observed), so that the slip would pass unseen."""
    known = {key.upper() for key in record}
    for field in sent:
        if field.upper() not in known and nearest(field, record):
            raise ExpectationError(f"{name}: {unknown('field', field, record)}")


def _delete(context: ScenarioContext, argument: str | list[str]) -> None:
    for name in [argument] if isinstance(argument, str) else argument:
        context.clients.crm.delete(context.kinds.of(name).address, context.names.id_of(name))


def record_differences(context: ScenarioContext, expected: Fields) -> list[str]:
    """Return how the CRM's records differ from what is expected of them."""
    lines: list[str] = []
    for name, fields in expected.items():
        client, path = context.clients.crm.place(context.kinds.of(name).address)
        reply = client.send("GET", f"{path}/{context.names.id_of(name)}")
        if fields is None:
            lines += [] if reply.status == 404 else [f"{name}: expected to be gone, answered {reply.status}"]
        elif reply.ok:
            lines += expect.contained(fields, decode(reply.body), at=name)
        else:
            lines.append(f"{name}: expected to be there, answered {reply.status}")
    return lines


def _create_objections(state: StateSoFar, argument: Fields) -> Iterator[Objection]:
    for name in argument:
        yield from state.kind_objections(name)
    state.records.extend(argument)


def _update_objections(state: StateSoFar, argument: Fields) -> Iterator[Objection]:
    for name in argument:
        yield from state.record_objections(name, (name,))


def _delete_objections(state: StateSoFar, argument: str | list[str]) -> Iterator[Objection]:
    for place, name in enumerate([argument] if isinstance(argument, str) else argument):
        yield from state.record_objections(name, () if isinstance(argument, str) else (place,))


CREATE = Verb(
    name="create",
    shape=Fields,
    example="`create: {contacts/ada: {FIRST_NAME: Ada}}`",
    take=_create,
    objections=_create_objections,
)
UPDATE = Verb(
    name="update",
    shape=Fields,
    example="`update: {contacts/ada: {TITLE: Countess}}`",
    take=_update,
    objections=_update_objections,
)
DELETE = Verb(
    name="delete",
    # no `Name` here: msgspec 0.22 frees a pattern once too often that stands twice in a type which is no Struct
    shape=str | list[str],
    example="`delete: contacts/ada`",
    take=_delete,
    objections=_delete_objections,
)
