"""The connector for Insightly."""

from datetime import datetime

from msgspec import Struct

from mock_kit.web.wire import Http
from mock_platform.core.instance import Values
from mock_platform.elements.connector import VendorCollection
from mock_platform.elements.element import Element
from mock_platform.elements.insightly.client import InsightlyClient
from mock_platform.elements.insightly.definition import INSIGHTLY
from mock_platform.elements.insightly.dialect import LARGEST_PAGE
from mock_platform.elements.insightly.grants import InsightlyGrants
from mock_platform.elements.insightly.resources import collection
from mock_platform.elements.insightly.where_to_query import UPDATED, UPDATED_AFTER, space_form


class InsightlyConnector(Struct, frozen=True, kw_only=True):
    """Insightly, or a mock of it.

    Attributes:
        crm_url: this stack's CRM: where calls go that are meant for the vendor's own host.
    """

    crm_url: str
    element: Element = INSIGHTLY
    largest_page: int = LARGEST_PAGE

    @property
    def grants(self) -> InsightlyGrants:
        """How the mock makes instances from grants."""
        return InsightlyGrants(crm_url=self.crm_url)

    def collection(self, resource: str) -> VendorCollection:
        """Return what a resource is in Insightly."""
        place = collection(resource)
        return VendorCollection(
            name=place.path.strip("/").lower(), id_field=place.id_field, read_only=place.read_only
        )

    def updated_within(self, since: datetime | None, until: datetime | None) -> list[str]:
        """Return the conditions of records that were updated in an interval, its beginning not included."""
        later = [] if since is None else [f"{UPDATED_AFTER} = '{space_form(since)}'"]
        return later if until is None else [*later, f"{UPDATED} <= '{space_form(until)}'"]

    def client(self, http: Http, configuration: Values) -> InsightlyClient:
        """Return Insightly, as an instance reaches it."""
        return InsightlyClient(http=http, crm_url=self.crm_url, configuration=configuration)
