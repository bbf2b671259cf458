"""The CRM's records, read and written for one instance."""

from collections.abc import Mapping
from dataclasses import dataclass

from mock_kit.web.wire import Http
from mock_platform.ceql import Comparison
from mock_platform.configuration.masking import Values
from mock_platform.elements.insightly import defaults as insightly_defaults
from mock_platform.elements.insightly import dialect as insightly
from mock_platform.elements.insightly import fields as insightly_fields
from mock_platform.elements.insightly import objects as insightly_objects
from mock_platform.elements.insightly import rows as insightly_rows
from mock_platform.elements.insightly.conditions import refuse_unknown_fields
from mock_platform.elements.insightly.dialect import LARGEST_PAGE
from mock_platform.elements.insightly.fields import FieldMetadata
from mock_platform.elements.insightly.listing import listing
from mock_platform.elements.insightly.objects import ObjectName
from mock_platform.elements.insightly.resources import InsightlyCollection, collection
from mock_platform.elements.request_to_provider import ProviderRequest
from mock_platform.errors import NotFoundError, ProviderError
from mock_platform.provider import lists
from mock_platform.provider.calls import ProviderClient, Record
from mock_platform.provider.lists import PageRequest, ProviderPage


@dataclass(frozen=True, kw_only=True)
class Provider:
    """The CRM, as one instance's configuration reaches it.

    A resource is named as clients do: ``contacts``, or with a parent ``contacts/5/notes``.

    Attributes:
        crm_url: where calls go that are meant for the vendor's own host.
    """

    http: Http
    crm_url: str

    def check(self, configuration: Values) -> None:
        """Make sure that the credentials are good.

        Raises:
            ProviderError: the CRM refuses them, or does not answer.
        """
        self._calls.send(configuration, insightly.me())

    def me(self, configuration: Values) -> Record:
        """Return the user whose credentials these are."""
        return self._calls.record(configuration, insightly.me())

    def page(self, configuration: Values, resource: str, asked: PageRequest) -> ProviderPage:
        """Return a page of a list.

        Raises:
            InvalidRequestError: it is to be filtered by what no record has.
        """
        place, base_url = collection(resource), _base_url(configuration)
        found = listing(resource, asked.where, base_url=base_url)
        refuse_unknown_fields(place, found.residual, base_url=base_url)
        if place.key is not None:
            rows = insightly_rows.rows(place, self._parent(configuration, place))
            return lists.page(asked, lists.whole(rows), residual=found.residual)

        def read(top: int, skip: int) -> tuple[list[Record], int]:
            return self._calls.page(configuration, found.page(top=top, skip=skip), skip=skip)

        known = read if place.paged else lists.whole(read(LARGEST_PAGE, 0)[0])
        return lists.page(asked, known, residual=found.residual)

    def get(self, configuration: Values, resource: str, record_id: str) -> Record:
        """Return one record."""
        place = collection(resource)
        if place.key is not None:
            return insightly_rows.row(place, self._parent(configuration, place), record_id)
        if place.own is not None:
            return self._child(configuration, place, record_id)
        return self._calls.record(configuration, insightly.get(resource, record_id))

    def create(self, configuration: Values, resource: str, body: Mapping[str, object]) -> Record:
        """Make a record and return it."""
        place = collection(resource)
        if place.key is None:
            whole = self._complete(configuration, place, body)
            return self._calls.record(configuration, insightly.create(resource, whole))
        before = self._parent(configuration, place)
        after = self._update_parent(configuration, place, insightly_rows.with_row(place, before, body))
        return insightly_rows.new_row(place, before, after)

    def update(
        self, configuration: Values, resource: str, record_id: str, body: Mapping[str, object]
    ) -> Record:
        """Change some fields of a record and return it."""
        place = collection(resource)
        if place.key is not None:
            before = self._parent(configuration, place)
            changed = insightly_rows.with_changed_row(place, before, record_id, body)
            return insightly_rows.row(place, self._update_parent(configuration, place, changed), record_id)
        if place.own is not None:
            self._child(configuration, place, record_id)
            return self._update(configuration, place.own.resource, record_id, body)
        return self._update(configuration, resource, record_id, body)

    def delete(self, configuration: Values, resource: str, record_id: str) -> None:
        """Delete a record."""
        place = collection(resource)
        if place.key is not None:
            before = self._parent(configuration, place)
            self._update_parent(configuration, place, insightly_rows.without_row(place, before, record_id))
            return
        if place.own is not None:
            self._child(configuration, place, record_id)
            resource = place.own.resource
        self._calls.send(configuration, insightly.delete(resource, record_id))

    def objects(self, configuration: Values) -> list[ObjectName]:
        """Return the objects that there are: the hub's, Insightly's, and on 3.1 the customer's own."""
        custom = self._definitions(configuration, insightly_objects.custom_objects())
        return insightly_objects.objects(custom)

    def fields(self, configuration: Values, resource: str) -> list[FieldMetadata]:
        """Return the fields of an object; one that is not known is described by its first record."""
        place = collection(resource)
        base_url = _base_url(configuration)
        fields = insightly_fields.known_fields(place.path, place.id_field, base_url=base_url)
        if not fields:
            records = self.page(configuration, resource, PageRequest(size=1)).records
            fields = insightly_fields.fields_of_record(records[0], place.id_field) if records else []
        custom = self._definitions(configuration, insightly_objects.custom_fields(place, base_url))
        known = {field["vendorPath"] for field in fields}
        described = [
            insightly_fields.custom_field(each) for each in custom if insightly_objects.is_about(each, place)
        ]
        return fields + [field for field in described if field["vendorPath"] not in known]

    def _definitions(self, configuration: Values, asked: ProviderRequest) -> list[Record]:
        """Return what the CRM lists; nothing if it has no such list, or keeps it from this user."""
        try:
            return self._calls.page(configuration, asked, skip=0)[0]
        except ProviderError as error:
            if error.status in {403, 404, 405}:
                return []
            raise

    @property
    def _calls(self) -> ProviderClient:
        return ProviderClient(http=self.http, crm_url=self.crm_url)

    def _complete(
        self, configuration: Values, place: InsightlyCollection, body: Mapping[str, object]
    ) -> Record:
        """Return a new record with what Insightly insists on and the hub does not."""
        base_url = _base_url(configuration)
        whole = insightly_defaults.completed(place, body, base_url=base_url)
        if insightly_defaults.wants_user(place, whole, base_url=base_url):
            whole[insightly_defaults.RESPONSIBLE] = self.me(configuration).get("USER_ID")
        return whole

    def _update(
        self, configuration: Values, resource: str, record_id: str, body: Mapping[str, object]
    ) -> Record:
        base_url = _base_url(configuration)
        stored = (
            self.get(configuration, resource, record_id)
            if insightly.needs_stored(body, base_url=base_url)
            else None
        )
        asked = insightly.update(resource, record_id, body, base_url=base_url, stored=stored)
        return self._calls.record(configuration, asked)

    def _child(self, configuration: Values, place: InsightlyCollection, record_id: str) -> Record:
        """Return a child that lives by itself, if it is one of this parent's.

        Raises:
            NotFoundError: it is not.
        """
        wanted = Comparison(place.id_field or "", "=", record_id)
        found = self.page(configuration, place.resource, PageRequest(where=wanted, size=1)).records
        if not found:
            raise NotFoundError(place.resource, record_id)
        return found[0]

    def _parent(self, configuration: Values, place: InsightlyCollection) -> Record:
        """Return the record that holds a list."""
        return self.get(configuration, *_parent_of(place))

    def _update_parent(self, configuration: Values, place: InsightlyCollection, changed: Record) -> Record:
        return self._update(configuration, *_parent_of(place), changed)


def _parent_of(place: InsightlyCollection) -> tuple[str, str]:
    if place.parent is None:
        raise NotFoundError("resource", place.resource, named="name")
    parent, record_id = place.parent
    return parent.resource, record_id


def _base_url(configuration: Values) -> str:
    return configuration.get("base.url") or ""
