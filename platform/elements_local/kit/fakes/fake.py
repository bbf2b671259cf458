"""A fake of anybody's: its routes are its own, the rest is here. Its records are the kit's, and so is the log of their changes."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, TypedDict

from flask import Blueprint, Flask, current_app, request
from msgspec import Meta, Struct
from sqlalchemy import MetaData

from elements_local.kit.admin.routes import ParameterError, asked_workspace
from elements_local.kit.api.json_text import Json
from elements_local.kit.api.openapi import Description
from elements_local.kit.api.operations import Answer, operation, page_json
from elements_local.kit.api.pages import PageJson
from elements_local.kit.fakes.effects import RecordRules
from elements_local.kit.fakes.host import ChangeJson, FakeHost, FakeService
from elements_local.kit.fakes.kept_record import ChangeLogQuery, KeptRecordsQuery
from elements_local.kit.fakes.records import Fields, KeptRecords, NoCallerError, NoKeptRecordError
from elements_local.kit.instants import EARLIEST, UnreadableTimeError, format_instant, parse_instant
from elements_local.kit.storage.retention import Pruned
from elements_local.kit.storage.timeline import TimelineJson, TimelineQuery
from elements_local.kit.traffic.fault_rules import FaultRules
from elements_local.kit.traffic.journal import Journal
from elements_local.kit.web.problems import unrouted
from elements_local.kit.web.request_facts import facts_of
from elements_local.kit.workspaces.registry import Workspace

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

_EXTENSION = "elements-local-fake"
_PROBLEMS = (401, 403)
_STATUSES: Mapping[type[Exception], int] = {NoCallerError: 401, NoKeptRecordError: 404}
_LARGEST = 10_000

bp = Blueprint("fake", __name__, url_prefix="/_local")

Samples = Mapping[str, Callable[[int, int], Fields]]
"""Kind -> the fields of a made-up record, from its place among them and a seed."""


class LocalProblemJson(TypedDict):
    """The body of an error of an admin route."""

    message: str


class LoggedChangesJson(PageJson):
    """Every change that a client made, in order; ``pruned`` says which are no longer kept."""

    pruned: Pruned | None
    changes: list[ChangeJson]


class KeptRecordsJson(PageJson):
    """Records as they are kept, those that were made last first."""

    records: list[dict[str, Any]]


class SampleRequest(Struct, forbid_unknown_fields=True):
    """What is filled in.

    Attributes:
        records: of each kind.
        seed: what they follow from; the workspace's own, unless given.
        first: the position of the first of them.
        if_empty: a kind that has records already stays as it is.
    """

    records: Annotated[int, Meta(ge=0, le=_LARGEST)] = 100
    seed: int | None = None
    first: Annotated[int, Meta(ge=0)] = 0
    if_empty: bool = False


class SampledJson(TypedDict):
    """How many records of each kind were filled in."""

    records: dict[str, int]


class Fake:
    """A fake while it is put together: ``app`` for its routes, ``records`` for what they keep.

    Args:
        host: as a stack hands it in.
        module: that has the routes, ``__name__``.
        key_in: the API key in the headers of a request, which WSGI's environment has; None where there are none.
        samples: how records are made up.
        problem: the body of an error, from status, message and error; of admin routes it is the kit's.
        resolution, id_of, history: as ``KeptRecords`` has them.
        statuses: further errors of its own -> status.
        tables: of its own, beside those of the records.
        rules: the shape of its fault rules.
    """

    def __init__(  # noqa: PLR0913 - what a fake is made of; all but the first two by name
        self,
        host: FakeHost,
        module: str,
        *,
        key_in: "Callable[[WSGIEnvironment], str | None]",
        samples: Samples,
        problem: Callable[[int, str, Exception], Json] | None = None,
        resolution: timedelta = timedelta(seconds=1),
        id_of: Callable[[int], str] = str,
        statuses: Mapping[type[Exception], int] = MappingProxyType({}),
        tables: MetaData | None = None,
        rules: type[FaultRules] = RecordRules,
        history: bool = False,
    ) -> None:
        self.host, self.samples, self._rules = host, samples, rules
        self.journal, self._key_in = Journal(), key_in
        self.app = host.flask(
            module,
            statuses={**_STATUSES, **statuses},
            problem=partial(_problem, problem),
            describe=partial(_describe, host.name),
        )
        self.records = KeptRecords(
            host, workspace_of=self.caller, resolution=resolution, id_of=id_of, tables=tables, history=history
        )

    def caller(self) -> Workspace:
        """Return the workspace whose API key the present call has.

        Raises:
            NoCallerError: it has none, or it is nobody's.
        """
        workspace: Workspace | None = facts_of(request).caller
        if workspace is None:
            raise NoCallerError("the API key is missing or unknown")
        return workspace

    def fill(
        self,
        workspace: Workspace,
        count: int,
        *,
        seed: int | None = None,
        first: int = 0,
        if_empty: bool = False,
    ) -> dict[str, int]:
        """Fill in made-up records, so many of each kind, and return how many of each that were."""
        chosen = workspace.seed if seed is None else seed
        return {
            kind: self.records.fill(
                workspace,
                kind,
                [make(place, chosen) for place in range(first, first + count)],
                if_empty=if_empty,
            )
            for kind, make in self.samples.items()
        }

    def served(self) -> Flask:
        """Return the application, once it has its routes."""
        self.app.extensions[_EXTENSION] = self
        self.app.register_blueprint(bp)
        fake = FakeService(
            key_in=self._key_in,
            tables=self.records.tables,
            reset=self.records.reset,
            faults=self.host.fault_book(self._rules),
            journal=self.journal,
        )
        return self.host.serve(self.app, fake)


@bp.get("/changes")
@operation(problems=_PROBLEMS)
def changes(query: ChangeLogQuery) -> Answer[LoggedChangesJson]:
    """Show every change that clients made, oldest first: all, or those that the query asks for."""
    records: KeptRecords = current_app.extensions[_EXTENSION].records
    workspace = asked_workspace()
    page = records.changes(workspace, query, since=_since(query.since))
    shown = [ChangeJson.of_row(row) for row in page.items]
    return Answer({"changes": shown, "pruned": records.pruned(workspace), **page_json(page, "after")})


@bp.get("/timeline")
@operation(problems=_PROBLEMS)
def timeline(query: TimelineQuery) -> Answer[TimelineJson]:
    """Count the changes that clients made, by stretches of time."""
    fake: Fake = current_app.extensions[_EXTENSION]
    return Answer(fake.records.stretches(asked_workspace(), query))


@bp.get("/records")
@operation(problems=_PROBLEMS)
def list_records(query: KeptRecordsQuery) -> Answer[KeptRecordsJson]:
    """List the records of a kind, the latest first, without a call of the API: no fault applies to it."""
    fake: Fake = current_app.extensions[_EXTENSION]
    page = fake.records.kept(asked_workspace(), query.kind, query)
    shown = [
        {
            "number": record.number,
            "id": record.id,
            **{name: format_instant(getattr(record, name)) for name in ("created", "updated")},
            "fields": record.fields,
        }
        for record in page.items
    ]
    return Answer({"records": shown, **page_json(page, "before")})


@bp.post("/seed")
@operation(problems=_PROBLEMS)
def seed(body: SampleRequest) -> Answer[SampledJson]:
    """Fill in records of each kind that has samples, as if they had always been there."""
    fake: Fake = current_app.extensions[_EXTENSION]
    made = fake.fill(
        asked_workspace(), body.records, seed=body.seed, first=body.first, if_empty=body.if_empty
    )
    return Answer({"records": made})


def _since(text: str | None) -> datetime:
    try:
        return EARLIEST if text is None else parse_instant(text)
    except UnreadableTimeError as error:
        raise ParameterError(f"since: {error}") from error


def _problem(
    own: Callable[[int, str, Exception], Json] | None, status: int, message: str, error: Exception
) -> Json:
    if own is None or request.path.startswith("/_local"):
        return {"message": unrouted(error) or message}
    return own(status, message, error)


def _describe(name: str) -> Description:
    return Description(
        title=f"A fake of {name}",
        version="1",
        text="Its admin routes; those of its own are as the vendor's.",
        problem=LocalProblemJson,
        security={"type": "http", "scheme": "bearer"},
    )
