"""The connector for Insightly, and from a grant's code to the credentials that an instance is configured with."""

from datetime import datetime
from urllib.parse import urlencode

from msgspec import Struct

from elements_local.kit.api.json_text import MalformedJsonError, decode
from elements_local.kit.http_message import Http, NoReply
from elements_local.platform.ceql import Clause
from elements_local.platform.core.instance import Values
from elements_local.platform.elements.connector import Application, DateCondition, Element, VendorCollection
from elements_local.platform.elements.insightly import dialect
from elements_local.platform.elements.insightly.client import InsightlyClient
from elements_local.platform.elements.insightly.definition import INSIGHTLY
from elements_local.platform.elements.insightly.resources import collection
from elements_local.platform.elements.insightly.where_to_query import (
    UPDATED,
    UPDATED_AFTER,
    date_condition,
    space_form,
)
from elements_local.platform.errors import ProviderError


class InsightlyGrants(Struct, frozen=True, kw_only=True):
    """Grants of the CRM of this stack; Insightly itself gives none."""

    crm_url: str

    @property
    def consent_url(self) -> str:
        """Where a user consents, without the query."""
        return f"{self.crm_url}/oauth/authorize"

    def is_due(self, configuration: Values, *, now: datetime) -> bool:  # noqa: ARG002 - an API key has no end
        """Say that there is nothing to refresh."""
        return False

    def refresh(self, http: Http, configuration: Values, *, now: datetime) -> dict[str, str]:  # noqa: ARG002 - as above
        """Return nothing."""
        return {}

    def redeem(
        self,
        http: Http,
        code: str,
        application: Application,
        *,
        now: datetime,  # noqa: ARG002 - as above
    ) -> dict[str, str]:
        """Return ``username`` and ``password`` for a code.

        Raises:
            ProviderError: the CRM refuses the code, does not answer, or answers with something else.
        """
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "client_id": application.api_key,
            "client_secret": application.api_secret,
            "redirect_uri": application.callback_url,
        }
        reply = http.send(
            "POST",
            f"{self.crm_url}/oauth/token",
            headers={"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"},
            body=urlencode(form, errors="replace").encode(),
        )
        if isinstance(reply, NoReply):
            raise ProviderError(status=502, message=f"Insightly did not answer: {reply.reason}")
        if not reply.ok:
            raise dialect.refusal(reply.status, reply.body)
        try:
            match decode(reply.body):
                case {"username": str(username), "access_token": str(key)}:
                    return {"username": username, "password": key}
        except MalformedJsonError:
            # the same error below as of JSON of another shape
            pass
        raise ProviderError(status=502, message="Insightly answered a grant's code with something else")


class InsightlyConnector(Struct, frozen=True, kw_only=True):
    """Insightly, or a mock of it.

    Attributes:
        crm_url: this stack's CRM: where calls go that are meant for the vendor's own host.
    """

    crm_url: str
    element: Element = INSIGHTLY
    largest_page: int = dialect.LARGEST_PAGE
    fake: None = None
    hosts: tuple[str, ...] = dialect.HOSTS

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

    def date_condition(self, resource: str, condition: Clause) -> DateCondition | None:
        """Return what a condition asks of a record's updated or created date."""
        collection(resource)
        return date_condition(condition)

    def client(self, http: Http, configuration: Values) -> InsightlyClient:
        """Return Insightly, as an instance reaches it."""
        return InsightlyClient(http=http, crm_url=self.crm_url, configuration=configuration)
