"""Calls about several records at once: all of their changes are made together, or those of the inputs that can be carried out."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from flask import Response
from msgspec import Struct, field

from elements_local.kit.fakes.records import NoKeptRecordError
from elements_local.platform.elements.vendor_file.exchange import inputs, note_unknown, response
from elements_local.platform.elements.vendor_file.file_resource import FileResource
from elements_local.platform.elements.vendor_file.model import (
    BatchCall,
    VendorBatches,
    VendorErrorCase,
    VendorFile,
)
from elements_local.platform.elements.vendor_file.pages import Found
from elements_local.platform.elements.vendor_file.query import names_read
from elements_local.platform.elements.vendor_file.refusal import VendorRefusalError, values_of
from elements_local.platform.elements.vendor_file.store_records import FileRecords
from elements_local.platform.elements.vendor_file.templates import TemplateRows, filled, placeholders
from elements_local.platform.errors import quoted

_REFUSED = ("trace", "message", "id")


class _Outcome(Struct, kw_only=True):
    """What became of the inputs of a batch.

    Attributes:
        missing: ids of records that are not there.
        refused: the values of each other refusal.
    """

    records: list[dict[str, Any]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    refused: list[Found] = field(default_factory=list)


class FileBatches:
    """The batches of a vendor file.

    Args:
        now: returns the time as answers have it.
    """

    def __init__(
        self, batches: VendorBatches, records: FileRecords, file: VendorFile, *, now: Callable[[], str]
    ) -> None:
        self._batches, self._records, self._now = batches, records, now
        self._errors, self._history = file.errors, file.history

    def answered(self, call: BatchCall, resource: FileResource) -> Response:
        """Answer a call.

        Raises:
            VendorRefusalError: nothing of it can be carried out.
        """
        rows = inputs(call, {})
        self._check(call, rows)
        is_traced = call.partial is not None and all(row.get("trace") is not None for row in rows)
        outcome = _Outcome()
        with self._records.kept.together():
            for row in rows:
                try:
                    outcome.records += self._carried_out(call, resource, row)
                except NoKeptRecordError:
                    if call.partial is None and call.does != "delete":
                        raise
                    outcome.missing.append(str(row["id"]))
                except VendorRefusalError as error:
                    if not is_traced:  # which of the inputs it was is not said
                        values = {name: value for name, value in error.values.items() if name != "id"}
                        raise VendorRefusalError(error.case, str(error), **values) from error
                    outcome.refused.append({**self._values(error), "trace": row["trace"]})
        return self._response(call, resource, rows, outcome)

    def _check(self, call: BatchCall, rows: list[Found]) -> None:
        needed = {"fields"} if call.does == "create" else {"id"}
        needed |= {"fields"} if call.does in {"update", "upsert"} else set()
        for row in rows:
            if lacking := sorted(name for name in needed if row.get(name) is None):
                raise VendorRefusalError("invalid", f"an input of the batch has no {lacking[0]}")
            if not isinstance(row.get("id", ""), str | int):
                raise VendorRefusalError(
                    "invalid", f"an id is a text or a number; got {quoted(str(row['id']))}"
                )
        if len(rows) > self._batches.max:
            raise VendorRefusalError(
                "invalid", f"a batch has at most {self._batches.max} inputs; got {len(rows)}"
            )
        if self._history and len(rows) > self._history.max and any(row.get("history") for row in rows):
            most = self._history.max
            raise VendorRefusalError(
                "too_many_histories", f"a batch has the histories of at most {most} records", most=most
            )
        counts = Counter(str(row["id"]) for row in rows if "id" in row)
        if (
            twice := sorted(each for each in counts if counts[each] > 1)
        ) and self._batches.repeated == "refuse":
            raise VendorRefusalError("repeated", f"the ids {', '.join(twice)} stand there twice", ids=twice)

    def _carried_out(self, call: BatchCall, resource: FileResource, row: Found) -> list[dict[str, Any]]:
        """Return the record that an input is about, if the answer shows it."""
        store, by, sent = self._records, row.get("by"), row.get("fields")
        record_id = str(row.get("id"))
        if call.does == "read":
            asked, history = names_read(sent) or (), names_read(row.get("history")) or ()
            note_unknown(resource, [*asked, *history])
            record = store.find(resource, record_id, by)
            return [store.shown(resource, record, asked=asked or None, history=history)]
        if call.does == "delete":
            store.kept.delete(resource.key, record_id)
            return []
        more: Found = {}
        if call.does == "create":
            record = store.create(resource, sent, row.get("links"))
        elif call.does == "update":
            record = store.update(resource, store.find(resource, record_id, by, former=False), sent)
        else:
            try:
                record = store.update(resource, store.find(resource, record_id, by), sent)
                more = {"new": False}
            except NoKeptRecordError:
                own = {str(by): record_id} if by is not None else {}
                record = store.create(resource, {**own, **sent} if isinstance(sent, dict) else sent)
                more = {"new": True}
        return [store.after_write(resource, record, call.shows, sent) | more]

    def _values(self, error: VendorRefusalError) -> Found:
        how = getattr(self._errors.cases, error.case) or VendorErrorCase()
        return values_of(how, str(error), error.values, error.is_about)

    def _response(
        self, call: BatchCall, resource: FileResource, rows: list[Found], outcome: _Outcome
    ) -> Response:
        missing, refused = (outcome.missing, outcome.refused) if call.does != "delete" else ([], [])
        as_one = "all_missing" in placeholders(call.answer)
        names = {name for each in refused for name in each} | {*_REFUSED}
        values: Found = {
            **resource.declared.values,
            "resource": resource.name,
            "records": outcome.records,
            "rows": TemplateRows(["record"], [{"record": each} for each in outcome.records]),
            "now": self._now(),
            "missing": TemplateRows(["missing"], [{"missing": each} for each in missing], optional=True),
            "all": TemplateRows(
                ["all_missing"], [{"all_missing": missing}] if missing else [], optional=True
            ),
            "refused": TemplateRows(names, refused, optional=True),
        }
        if failed := len(refused) + (min(len(missing), 1) if as_one else len(missing)):
            values["failed"] = failed
        status = (call.partial if failed else call.status if rows else call.empty) or call.status
        return response(filled(call.answer, values), status)
