"""What v2.1 shows of a record that does not stand in it: links to what hangs on it, where its image would be.

Source: IMAGE_URL without an image, EMAILLINKS that a list leaves null and a record by its id shows (recorded v2.1
    exchanges, observed).
"""

from collections.abc import Iterator

from mock_insightly.kinds import FILE_ATTACHMENTS, RecordKind
from mock_insightly.records.fields import Record, rows_of
from mock_insightly.records.query import WHOLE
from mock_insightly.records.references import reference
from mock_insightly.records.search import RecordFilter
from mock_insightly.records.stamps import record_in
from mock_insightly.routes.call import CrmCall
from mock_insightly.versions.shape import Shape
from mock_kit.api.json_text import Json, encode


def one(call: CrmCall, shape: Shape, document: str) -> bytes:
    """Return a record as JSON."""
    return encode(_shown(call, shape, document)) if call.version.looks_up else shape.one(document)


def just_written(call: CrmCall, shape: Shape, document: str) -> bytes:
    """Return a record as the answer to its POST or PUT shows it."""
    reply = shape.replies.get(call.request.method)
    return encode(reply(_shown(call, shape, document))) if reply else one(call, shape, document)


def with_image(call: CrmCall, shown: Record) -> Record:
    """Return a record that says where its image would be."""
    if shown.get("IMAGE_URL", "") is not None:
        return shown
    url = f"http://s3.amazonaws.com/insightly.userfiles/{call.account.instance_id}/"
    return {**shown, "IMAGE_URL": url}


def _shown(call: CrmCall, shape: Shape, document: str) -> Record:
    record = record_in(document)
    shown = with_image(call, shape.show(record))
    for key in shape.keys:
        if key.child is not None:
            shown[key.name] = [*found(call, shape.kind, record, *key.child)]
    return shown


def found(call: CrmCall, kind: RecordKind, record: Record, child: RecordKind, links: str) -> Iterator[Json]:
    """Yield the children of a record, or their links to it."""
    number = kind.id_of(record)
    wanted = RecordFilter(of=reference(kind.entity, number))
    shape = call.version.shapes[child.name.lower()]
    for document in call.dependencies.store.find(call.workspace, child, wanted, WHOLE).documents:
        shown = shape.show(record_in(document))
        if child is FILE_ATTACHMENTS:
            yield shown
        yield from (row for row in rows_of(shown, links) if row.get(kind.id_field) == number)
