"""One call of the API, or of an admin route: whose, in which version, about what; who is refused before any view."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Self, cast

from flask import Request, current_app
from werkzeug.exceptions import MethodNotAllowed

from elements_local.kit.admin.routes import asked_workspace
from elements_local.kit.api.json_text import Json, read_json
from elements_local.kit.instants import shifted
from elements_local.kit.web.request_facts import facts_of
from elements_local.kit.workspaces.registry import Workspace
from mock_insightly.account.account import CrmAccount
from mock_insightly.crm import EXTENSION, Crm
from mock_insightly.errors import AuthorizationDeniedError, XmlNotServedError
from mock_insightly.faults import NO_FAULT, CrmRule
from mock_insightly.fields.fields import Record, Sent, upper_keys
from mock_insightly.kinds.kind import RecordKind
from mock_insightly.middleware import API_CALL
from mock_insightly.records.reading import Records
from mock_insightly.records.record import changed, created, updated_at
from mock_insightly.records.search import Query, parse_query
from mock_insightly.records.writing import Writing
from mock_insightly.versions.known import served
from mock_insightly.versions.shape import Shape
from mock_insightly.versions.version import Version

if TYPE_CHECKING:
    from elements_local.kit.fakes.host import FakeFacts

_XML = frozenset({"application/xml", "text/xml"})
_LATEST = "v3.1"


@dataclass(frozen=True, kw_only=True)
class ConsentCall:
    """A call outside the API, of anybody."""

    guarded: ClassVar[bool] = False

    crm: Crm

    @classmethod
    def of_request(cls, asked: Request, path: dict[str, Any]) -> Self:  # noqa: ARG003 - nothing of either is needed
        """Return the present call."""
        return cls(crm=current_app.extensions[EXTENSION])


@dataclass(kw_only=True)
class CrmCall:
    """A call of the API.

    Attributes:
        request: as Flask has it.
        crm: of the CRM that is called.
        now: when it came, by the workspace's clock, uncut; of one that changes something, when that happens.
        query: the parameters of the query.
        fault: the rule that has applied to it.
        noted: what the rule did, for the journal.
    """

    request: Request
    crm: Crm
    version: Version
    workspace: Workspace
    now: datetime
    query: Query
    fault: CrmRule
    noted: dict[str, Json]

    guarded: ClassVar[bool] = False
    """An admin route needs no credentials; the API's are described by ``document.py``."""

    @classmethod
    def of_request(cls, asked: Request, path: dict[str, Any]) -> Self:
        """Return a call; one of an admin route is of the latest version.

        Args:
            path: what the path names.
        """
        crm: Crm = current_app.extensions[EXTENSION]
        facts: FakeFacts = facts_of(asked)
        # of a call of the API, `check_request` has refused one whose API key is nobody's
        known = facts.caller if API_CALL in asked.environ else None
        workspace = known or asked_workspace()
        fault = cast("CrmRule", facts.rule or NO_FAULT)
        query = parse_query(asked.environ.get("QUERY_STRING", ""))
        if ignored := fault.effect.ignore_parameter:
            query = {name: value for name, value in query.items() if name != ignored.lower()}
        return cls(
            request=asked,
            crm=crm,
            version=crm.versions[path.get("version", _LATEST)],
            workspace=workspace,
            now=workspace.clock.now(),
            query=query,
            fault=fault,
            noted=facts.noted,
        )

    @cached_property
    def account(self) -> CrmAccount:
        """The account it is for."""
        return self.crm.account(self.workspace)

    @property
    def stamped(self) -> datetime:
        """The instant that records are stamped with."""
        return self.fault.effect.stamped(self.now)

    def reading(self) -> AbstractContextManager[Records]:
        """Open a transaction in which records are read."""
        return self.crm.store.read(self.workspace)

    def lookup(self) -> AbstractContextManager[Records]:
        """Let one statement read records, without a transaction around it."""
        return self.crm.store.lookup(self.workspace)

    @contextmanager
    def writing(self, *, meanwhile: timedelta | None = None) -> Iterator[Writing]:
        """Open a transaction in which records are changed, at the instant of the change.

        Args:
            meanwhile: the change happens while something else is asked, so long after that began.
        """
        with (
            self.crm.workspaces.changing(self.workspace, meanwhile=meanwhile) as self.now,
            self.crm.store.writing(self.workspace, at=self.now) as writing,
        ):
            yield writing

    def shape(self, resource: str) -> Shape:
        """Return the shape of a resource, and see to it that the account has what it has from the start.

        Raises:
            MethodNotAllowed: it is a list that nobody can change.
            CrmError: there is no such resource.
        """
        if resource in self.version.lookups:
            raise MethodNotAllowed(valid_methods=["GET", "HEAD"])
        shape = served(self.version, resource, self.crm.settings.custom_object_names)
        if shape.kind.predefined:
            self.crm.ensure_foundation(self.workspace)
        return shape

    def body(self, called: str = "The body") -> Sent:
        """Return the body, by upper-case key.

        Raises:
            FieldError: it is no object.
        """
        return upper_keys(read_json(self.request), called)

    def maker(self, kind: RecordKind, given: Record) -> Callable[[int], Record]:
        """Return what makes a new record once its id is known."""

        def make(record_id: int) -> Record:
            made = created(kind, given, record_id=record_id, account=self.account, now=self.stamped)
            more_s = self.fault.effect.later_s(record_id, seed=self.fault.when.seed)
            later = timedelta(seconds=self.crm.settings.updated_later_s + more_s)
            return updated_at(shifted(self.stamped, later), made)

        return make

    def changed(self, kind: RecordKind, before: Record, given: Record) -> Record:
        """Return a record after a change."""
        return changed(kind, before, given, account=self.account, now=self.stamped)


def check_request(asked: Request) -> None:
    """Refuse a call of the API before anything else is looked at.

    Raises:
        AuthorizationDeniedError: the API key is unknown.
        XmlNotServedError: the Accept header will have nothing but XML.
    """
    environ = asked.environ
    if API_CALL not in environ:
        return
    if facts_of(asked).caller is None:
        raise AuthorizationDeniedError
    if "xml" not in environ.get("HTTP_ACCEPT", "").lower():
        return
    wanted = asked.accept_mimetypes
    if not wanted.accept_json and _XML & {*wanted.values()}:
        raise XmlNotServedError(str(wanted))
