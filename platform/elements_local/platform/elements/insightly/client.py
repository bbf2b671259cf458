"""Insightly's records, read and written for one instance."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from urllib.parse import urlsplit

from msgspec import Struct

from elements_local.kit.api.pages import Slice
from elements_local.kit.http_message import Http
from elements_local.kit.text import whole_number
from elements_local.platform.ceql import Clause, Comparison, matches
from elements_local.platform.core.instance import Values
from elements_local.platform.elements.connector import (
    ChangeLog,
    FieldMetadata,
    ObjectName,
    RenamedField,
    StackAccess,
    VendorCall,
)
from elements_local.platform.elements.fake_log import FakeLog
from elements_local.platform.elements.insightly import dialect, fields, resources
from elements_local.platform.elements.insightly.definition import INSIGHTLY
from elements_local.platform.elements.insightly.dialect import LARGEST_PAGE
from elements_local.platform.elements.insightly.resources import InsightlyCollection, collection
from elements_local.platform.elements.insightly.where_to_query import ListRequest, listing
from elements_local.platform.errors import NotFoundError, ProviderError
from elements_local.platform.provider import lists
from elements_local.platform.provider.lists import PageRequest, ReadPage
from elements_local.platform.provider.service import ProviderClient, ProviderRequest, Record


class InsightlyClient(Struct, frozen=True, kw_only=True):
    """Insightly, as one instance reaches it.

    Attributes:
        crm_url: where calls go that are meant for the vendor's own host.
        configuration: the instance's.
    """

    http: Http
    crm_url: str
    configuration: Values

    def check(self) -> str | None:
        """Make sure that the API key is good, and return the address of its user, for any user name."""
        address = self.me().get("EMAIL_ADDRESS")
        return address if isinstance(address, str) else None

    def me(self) -> Record:
        """Return the user whose credentials these are."""
        return self._calls.record(dialect.me())

    def page(self, resource: str, page_request: PageRequest) -> Slice[Record]:
        """Return a page of a list.

        Raises:
            InvalidRequestError: it is to be filtered by what no record has.
        """
        request = listing(resource, page_request.where, base_url=self._base_url)
        fields.refuse_unknown_fields(request.collection, request.residual, base_url=self._base_url)
        keeps = None if request.residual is None else partial(_matches, request.residual)
        return lists.page(page_request, self._reader(request), keeps=keeps, largest=LARGEST_PAGE)

    def get(self, resource: str, record_id: str) -> Record:
        """Return one record."""
        place = collection(resource)
        if place.key is not None:
            return resources.row(place, self._parent(place), record_id)
        if place.own is not None:
            return self._child(place, record_id)
        return self._calls.record(dialect.get(resource, record_id))

    def create(self, resource: str, body: Mapping[str, object]) -> Record:
        """Make a record and return it."""
        place = collection(resource)
        if place.key is None:
            whole = self._complete(place, body)
            return self._calls.record(dialect.create(resource, whole))
        before = self._parent(place)
        after = self._update_parent(place, resources.with_row(place, before, body))
        return resources.new_row(place, before, after)

    def update(self, resource: str, record_id: str, body: Mapping[str, object]) -> Record:
        """Change some fields of a record and return it."""
        place = collection(resource)
        if place.key is not None:
            before = self._parent(place)
            changed = resources.with_changed_row(place, before, record_id, body)
            return resources.row(place, self._update_parent(place, changed), record_id)
        # Asked of the parent's list first, so that nobody reaches a record by way of a parent that is not its own.
        if place.own is not None:
            self._child(place, record_id)
            return self._update(place.own.resource, record_id, body)
        return self._update(resource, record_id, body)

    def delete(self, resource: str, record_id: str) -> None:
        """Delete a record."""
        place = collection(resource)
        if place.key is not None:
            before = self._parent(place)
            self._update_parent(place, resources.without_row(place, before, record_id))
            return
        if place.own is not None:
            self._child(place, record_id)
            resource = place.own.resource
        self._calls.send(dialect.delete(resource, record_id))

    def objects(self) -> list[ObjectName]:
        """Return the objects that there are: the hub's, Insightly's, and on 3.1 the customer's own."""
        return fields.objects(self._definitions(fields.custom_objects()))

    def fields(self, resource: str, *, ask: bool) -> list[FieldMetadata]:
        """Return the fields of an object; one that is not known is described by its first record."""
        place = collection(resource)
        listed = fields.known_fields(place.path, place.id_field, base_url=self._base_url)
        if not ask:
            return listed
        # One record shows what fields there are; without any there is nothing to tell from.
        if not listed:
            records = self.page(resource, PageRequest(size=1)).items
            listed = fields.fields_of_record(records[0], place.id_field) if records else []
        custom = self._definitions(fields.custom_fields(place, self._base_url))
        names = {field["vendorPath"] for field in listed}
        described = [fields.custom_field(each) for each in custom if fields.is_about(each, place)]
        return listed + [field for field in described if field["vendorPath"] not in names]

    def renamed_fields(self, resource: str) -> Mapping[str, RenamedField]:
        """Return the fields that another version has under another name."""
        return fields.renamed_fields(collection(resource).path, base_url=self._base_url)

    def change_log(self, *, since: datetime, after: int = 0, own_stack: StackAccess) -> ChangeLog:
        """Return the log that a mock of Insightly keeps; the real one has none."""
        return self._log(own_stack).read(since=since, after=after)

    def noted_calls(self, *, own_stack: StackAccess, writes: bool) -> Sequence[VendorCall]:
        """Return the calls that a mock of Insightly has noted."""
        return self._log(own_stack).noted_calls(writes=writes)

    def _log(self, own_stack: StackAccess) -> FakeLog:
        key = dialect.headers({"password": own_stack.crm_api_key})["Authorization"]
        return FakeLog(
            calls=self._calls,
            own_url=self.crm_url,
            own_headers={"Authorization": key},
            own_stack=own_stack,
        )

    def _reader(self, request: ListRequest) -> ReadPage:
        """Return what reads a list: from inside its parent, page by page, or all at once where there are no pages."""
        place = request.collection
        if place.key is not None:
            return lists.whole(lambda: resources.rows(place, self._parent(place)))

        def read(top: int, skip: int) -> tuple[list[Record], int]:
            records, reply = self._calls.records(request.page(top=top, skip=skip))
            # what is known of the end where the CRM does not count
            counted = skip + len(records)
            total = whole_number(reply.header("X-Total-Count") or "")
            return records, counted if total is None else total

        return read if place.paged else lists.whole(lambda: read(LARGEST_PAGE, 0)[0])

    def _definitions(self, request: ProviderRequest) -> list[Record]:
        """Return what the CRM lists; nothing if it has no such list, or keeps it from this user."""
        try:
            return self._calls.records(request)[0]
        except ProviderError as error:
            # Older versions lack the list, and some plans keep it from users. Anything else is a failure that must be
            # heard of.
            if error.status in {403, 404, 405}:
                return []
            raise

    @property
    def _base_url(self) -> str:
        return self.configuration.get("base.url") or ""

    @property
    def _calls(self) -> ProviderClient:
        return ProviderClient(
            http=self.http,
            vendor=INSIGHTLY.name,
            base_url=self._place(self._base_url.rstrip("/")),
            headers=dialect.headers(self.configuration),
            refusal=dialect.refusal,
        )

    def _place(self, url: str) -> str:
        """Return where calls go: the vendor's own host is the CRM of this stack."""
        try:
            parts = urlsplit(url)
        except ValueError:  # half an IPv6 address; sending there reports it
            return url
        # So a configuration that was written for the real Insightly works here as it is.
        return self.crm_url + parts.path if dialect.is_vendor(parts.hostname) else url

    def _complete(self, place: InsightlyCollection, body: Mapping[str, object]) -> Record:
        """Return a new record with what Insightly insists on and the hub does not."""
        whole = dialect.completed(place, body, base_url=self._base_url)
        if dialect.wants_user(place, whole, base_url=self._base_url):
            whole[dialect.RESPONSIBLE] = self.me().get("USER_ID")
        return whole

    def _update(self, resource: str, record_id: str, body: Mapping[str, object]) -> Record:
        base_url = self._base_url
        # Asked for only where it is needed: an update costs the CRM one call, not two.
        stored = self.get(resource, record_id) if dialect.needs_stored(body, base_url=base_url) else None
        request = dialect.update(resource, record_id, body, base_url=base_url, stored=stored)
        return self._calls.record(request)

    def _child(self, place: InsightlyCollection, record_id: str) -> Record:
        """Return a child that lives by itself, if it is one of this parent's."""
        clause = Comparison(place.id_field or "", "=", record_id)
        records = self.page(place.resource, PageRequest(where=clause, size=1)).items
        if not records:
            raise NotFoundError(place.resource, record_id)
        return records[0]

    def _parent(self, place: InsightlyCollection) -> Record:
        """Return the record that holds a list."""
        return self.get(*_parent_of(place))

    def _update_parent(self, place: InsightlyCollection, changed: Record) -> Record:
        return self._update(*_parent_of(place), changed)


def _parent_of(place: InsightlyCollection) -> tuple[str, str]:
    if place.parent is None:
        raise NotFoundError("resource", place.resource, named="name")
    parent, record_id = place.parent
    return parent.resource, record_id


def _matches(clause: Clause, record: Record) -> bool:
    return matches(clause, fields.with_custom_fields(record))
