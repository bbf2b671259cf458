"""Answers about whether the caller follows a record.

Source: paths and bodies from the v3.1 OpenAPI document (documented); that a follow never stamps the record is assumed.
"""

from functools import partial

from flask.typing import ResponseReturnValue

from mock_insightly.kinds import FOLLOWS
from mock_insightly.records.fields import Record
from mock_insightly.records.query import PageRange
from mock_insightly.records.search import RecordFilter
from mock_insightly.records.stamps import created, record_in
from mock_insightly.routes import answers
from mock_insightly.routes.below.parent import Parent
from mock_insightly.versions.sub_resources import Following


def show(parent: Parent, _following: Following) -> ResponseReturnValue:
    """Say whether the caller follows the record."""
    parent.record()
    return parent.answer({"FOLLOWING": bool(_follows(parent))})


def start(parent: Parent, _following: Following) -> ResponseReturnValue:
    """Follow the record; whoever follows it already goes on."""
    parent.record()
    if not _follows(parent):
        with parent.call.writing() as writing:
            writing.create(FOLLOWS, partial(_follow, parent))
    return parent.answer({"FOLLOWING": True}, 201)


def stop(parent: Parent, _following: Following) -> ResponseReturnValue:
    """Follow the record no longer."""
    parent.record()
    for follow in _follows(parent):
        with parent.call.writing() as writing:
            writing.delete(FOLLOWS, follow)
    return answers.accepted()


def _follow(parent: Parent, number: int) -> Record:
    given: Record = {"RECORD_TYPE": parent.shape.kind.entity, "RECORD_ID": parent.id}
    call = parent.call
    return created(FOLLOWS, given, record_id=number, account=call.account, now=call.stamped)


def _follows(parent: Parent) -> list[int]:
    wanted = RecordFilter(of=parent.reference)
    found = parent.call.dependencies.store.find(parent.call.workspace, FOLLOWS, wanted, PageRange())
    return [FOLLOWS.id_of(record_in(document)) for document in found.documents]
