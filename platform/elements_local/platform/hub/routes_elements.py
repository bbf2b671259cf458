"""``/elements``: what elements there are, what they need and can do, and where a user consents. Anybody may read them."""

from typing import Annotated, TypedDict

from flask import Blueprint
from msgspec import Meta, Struct

from elements_local.kit.api.operations import Answer, links, operation
from elements_local.platform.call import OpenCall
from elements_local.platform.core.paging import (
    COUNT_HEADERS,
    DEFAULT_PAGE_SIZE,
    PAGE_HEADERS,
    WhereQuery,
    counted,
    narrowed,
    paginated,
    paging,
)
from elements_local.platform.elements import catalogue_entry
from elements_local.platform.elements.catalogue_entry import (
    ConfigurationJson,
    Definition,
    ElementDetails,
    Metadata,
    configuration_to_json,
    element_details,
)
from elements_local.platform.elements.connector import Application
from elements_local.platform.elements.oauth import OAuthUrl, authorize_url, check_takes_oauth
from elements_local.platform.errors import InvalidRequestError

bp = Blueprint("elements", __name__, url_prefix="/elements")

_LINKS = links(
    "elements", "get", "show_metadata", "export", "configuration", key_or_id="$response.body#/0/key"
)


class MetadataQuery(Struct):
    """How much of an element's metadata is asked for.

    Attributes:
        expand: with its resources.
    """

    expand: bool = False


@bp.get("")
@operation(headers=PAGE_HEADERS, links=_LINKS)
def index(call: OpenCall, query: WhereQuery) -> Answer[list[ElementDetails]]:
    """List the elements; none is extended (observed), which gives an empty list."""
    details = [element_details(one) for one in call.catalogue.elements]
    return paginated(narrowed(details, query.where), paging(query, largest=DEFAULT_PAGE_SIZE))


@bp.get("/keys")
@operation(headers=COUNT_HEADERS)
def keys(call: OpenCall) -> Answer[list[str]]:
    """List the elements' keys."""
    return counted([one.key for one in call.catalogue.elements])


@bp.get("/metadata")
@operation(headers=COUNT_HEADERS)
def all_metadata(call: OpenCall, query: MetadataQuery) -> Answer[list[Metadata]]:
    """List what the elements can do."""
    return counted([catalogue_entry.metadata(one, expand=query.expand) for one in call.catalogue.elements])


@bp.get("/<key_or_id>")
@operation(problems=(404,))
def get(call: OpenCall, key_or_id: str) -> Answer[ElementDetails]:
    """Show an element with its configuration keys."""
    return Answer(element_details(call.catalogue.element(key_or_id)))


@bp.get("/<key_or_id>/configuration")
@operation(problems=(404,), headers=COUNT_HEADERS)
def configuration(call: OpenCall, key_or_id: str) -> Answer[list[ConfigurationJson]]:
    """List an element's configuration keys."""
    return counted(configuration_to_json(call.catalogue.element(key_or_id)))


@bp.get("/<key_or_id>/metadata")
@operation(problems=(404,))
def show_metadata(call: OpenCall, key_or_id: str, query: MetadataQuery) -> Answer[Metadata]:
    """Show what an element can do."""
    return Answer(catalogue_entry.metadata(call.catalogue.element(key_or_id), expand=query.expand))


@bp.get("/<key_or_id>/transformations")
@operation(problems=(404,), headers=COUNT_HEADERS)
def transformations(call: OpenCall, key_or_id: str) -> Answer[list[dict[str, object]]]:
    """List an element's default transformations: none has any (a list, observed; empty, inferred)."""
    call.catalogue.element(key_or_id)
    return counted([])


@bp.get("/<key_or_id>/export")
@operation(problems=(404,))
def export(call: OpenCall, key_or_id: str) -> Answer[Definition]:
    """Show an element's whole definition."""
    return Answer(catalogue_entry.definition(call.catalogue.element(key_or_id)))


oauth = Blueprint("oauth", __name__, url_prefix="/elements/<key_or_id>/oauth")

Text = Annotated[str, Meta(min_length=1, max_length=2000)]


class OAuthUrlQuery(Struct, rename="camel"):
    """The application, as it is known to the provider.

    Attributes:
        api_key: its public id.
        api_secret: not passed on to the user's browser.
        callback_url: where the user is sent back to.
        state: comes back with the code.
        site_address: of elements whose customers have sites of their own; means nothing here.
        callback_proxy: means nothing here.
        request_token: of OAuth 1; means nothing here.
    """

    api_key: Text
    api_secret: Text
    callback_url: Text
    scope: str = ""
    state: str = ""
    site_address: str = ""
    callback_proxy: str = ""
    request_token: str = ""


class OAuthToken(TypedDict):
    """A request token of OAuth 1."""

    token: str
    secret: str


@oauth.get("/url")
@operation(problems=(404,))
def url(call: OpenCall, key_or_id: str, query: OAuthUrlQuery) -> Answer[OAuthUrl]:
    """Say where a user consents; an element with basic authentication answers 400 unless it is made to."""
    return _url(call, key_or_id, query)


@oauth.post("/url")
@operation(problems=(404,))
def post_url(call: OpenCall, key_or_id: str, body: OAuthUrlQuery) -> Answer[OAuthUrl]:
    """Say the same; the parameters are in the body."""
    return _url(call, key_or_id, body)


@oauth.get("/token")
@operation(problems=(400, 404))
def token(call: OpenCall, key_or_id: str, query: OAuthUrlQuery) -> Answer[OAuthToken]:  # noqa: ARG001 - checked, then refused
    """Refuse a request token: those belong to OAuth 1 (documented), which no element here has."""
    raise InvalidRequestError(
        f"{call.catalogue.element(key_or_id).name} has no OAuth 1; there is no request token to get"
    )


def _url(call: OpenCall, key_or_id: str, query: OAuthUrlQuery) -> Answer[OAuthUrl]:
    oauth_element = call.catalogue.element(key_or_id)
    takes = oauth_element.oauth or call.settings.oauth_walk
    grants = check_takes_oauth(
        oauth_element, call.catalogue.connector(oauth_element.key).grants if takes else None
    )
    application = Application(
        api_key=query.api_key, api_secret=query.api_secret, callback_url=query.callback_url
    )
    return Answer(
        authorize_url(grants.consent_url, oauth_element, application, state=query.state, scope=query.scope)
    )
