"""Answers about the rows of a record: its tags, links, dates, addresses and so on.

Source: bodies, statuses and answers from the v2.2 and v3.1 OpenAPI documents (documented); 400 for a link or tag that
    is there already (an integration in the field, observed second-hand); 404 for a row that is not there is assumed.
"""

from collections.abc import Callable

from flask import request
from flask.typing import ResponseReturnValue

from elements_local.kit.api.json_text import Json, encode, read_json
from mock_insightly.errors import NoSuchRowError, RepeatedRowError
from mock_insightly.records.fields import Record, Sent, sent_rows, upper_keys
from mock_insightly.routes import answers
from mock_insightly.routes.below.parent import Parent
from mock_insightly.versions.sub_resources import EmbeddedCollection

_Edit = Callable[[list[Record]], list[Record]]


def index(parent: Parent, collection: EmbeddedCollection) -> ResponseReturnValue:
    """Show all rows."""
    call, rows = parent.call, collection.rows(parent.shape, parent.record())
    return answers.rows(call, rows, paged=False, status=call.version.list_status(collection))


def add(parent: Parent, collection: EmbeddedCollection) -> ResponseReturnValue:
    """Add a row, and show it."""
    row = dict(parent.call.body())

    def edit(rows: list[Record]) -> list[Record]:
        return [*rows, _new(collection, rows, row)]

    before, after = _write(parent, collection, edit)
    return parent.answer(_made(collection, before, after, row), 201)


def put(parent: Parent, collection: EmbeddedCollection) -> ResponseReturnValue:
    """Put rows in the place of all, if an array came; otherwise one in the place of that with its name."""
    body = read_json(request)
    if isinstance(body, list):
        return _put_all(parent, collection, body)
    row = dict(upper_keys(body, "The body"))

    def edit(rows: list[Record]) -> list[Record]:
        at = collection.place(rows, row.get(collection.by))
        if at is None and collection.upserts:
            return [*rows, _new(collection, rows, row)]
        if at is None:
            raise NoSuchRowError(collection.name, row.get(collection.by))
        return [*rows[:at], row, *rows[at + 1 :]]

    before, after = _write(parent, collection, edit)
    at = collection.place(after, row.get(collection.by))
    return parent.answer(_made(collection, before, after, row) if at is None else after[at])


def remove(parent: Parent, collection: EmbeddedCollection) -> ResponseReturnValue:
    """Take away the row that the body names."""
    row = parent.call.body()
    _remove(parent, collection, row.get(collection.by))
    return answers.accepted()


def remove_one(parent: Parent, collection: EmbeddedCollection, member: str) -> ResponseReturnValue:
    """Take away the row that the path names."""
    _remove(parent, collection, member)
    return answers.accepted()


def _put_all(parent: Parent, collection: EmbeddedCollection, body: list[Json]) -> ResponseReturnValue:
    def edit(_rows: list[Record]) -> list[Record]:
        kept: list[Record] = []
        for row, _ in sent_rows(body, "The body"):
            kept.append(_new(collection, kept, row))
        return kept

    _, after = _write(parent, collection, edit)
    return parent.answer([*after])


def _remove(parent: Parent, collection: EmbeddedCollection, called: Json) -> None:
    def edit(rows: list[Record]) -> list[Record]:
        at = collection.place(rows, called)
        if at is None:
            raise NoSuchRowError(collection.name, called)
        return [*rows[:at], *rows[at + 1 :]]

    _write(parent, collection, edit)


def _write(parent: Parent, collection: EmbeddedCollection, edit: _Edit) -> tuple[list[Record], list[Record]]:
    """Change the rows, and return them as they were and as they are."""
    before: list[Record] = []

    def given(record: Record) -> Record:
        before.extend(collection.rows(parent.shape, record))
        return collection.given(parent.shape, record, edit([*before]))

    record = parent.write(given, part=lambda record: encode(collection.rows(parent.shape, record)))
    return before, collection.rows(parent.shape, record)


def _new(collection: EmbeddedCollection, rows: list[Record], row: Sent) -> Record:
    """Return a row that may join others.

    Raises:
        RepeatedRowError: one of them says the same.
    """
    twin = collection.twin(rows, row)
    if twin is not None:
        raise RepeatedRowError(collection.name, twin)
    return dict(row)


def _made(collection: EmbeddedCollection, before: list[Record], after: list[Record], row: Sent) -> Record:
    """Return the row that was added, or that of a custom field which null has cleared."""
    cleared: Record = {name: row.get(name) for name in ("CUSTOM_FIELD_ID", "FIELD_VALUE")}
    return next((one for one in after if collection.place(before, one.get(collection.by)) is None), cleared)
