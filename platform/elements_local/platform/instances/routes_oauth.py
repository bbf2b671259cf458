"""``/elements/{keyOrId}/oauth``: where a user consents, for elements that take OAuth; ours does on demand only."""

from typing import Annotated, TypedDict

from flask import Blueprint
from msgspec import Meta, Struct

from elements_local.kit.api.operations import Answer, operation
from elements_local.platform.call import OpenCall
from elements_local.platform.elements.connector import Application
from elements_local.platform.elements.oauth import OAuthUrl, authorize_url, check_takes_oauth
from elements_local.platform.errors import InvalidRequestError

bp = Blueprint("oauth", __name__, url_prefix="/elements/<key_or_id>/oauth")

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


@bp.get("/url")
@operation(problems=(404,))
def url(call: OpenCall, key_or_id: str, query: OAuthUrlQuery) -> Answer[OAuthUrl]:
    """Say where a user consents; an element with basic authentication answers 400 unless it is made to."""
    return _url(call, key_or_id, query)


@bp.post("/url")
@operation(problems=(404,))
def post_url(call: OpenCall, key_or_id: str, body: OAuthUrlQuery) -> Answer[OAuthUrl]:
    """Say the same; the parameters are in the body."""
    return _url(call, key_or_id, body)


@bp.get("/token")
@operation(problems=(400, 404))
def token(call: OpenCall, key_or_id: str, query: OAuthUrlQuery) -> Answer[OAuthToken]:  # noqa: ARG001 - checked, then refused
    """Refuse a request token: those belong to OAuth 1 (documented), which no element here has."""
    raise InvalidRequestError(
        f"{call.catalogue.element(key_or_id).name} has no OAuth 1; there is no request token to get"
    )


def _url(call: OpenCall, key_or_id: str, query: OAuthUrlQuery) -> Answer[OAuthUrl]:
    oauth_element = call.catalogue.element(key_or_id)
    takes = call.settings.oauth_walk
    grants = check_takes_oauth(
        oauth_element, call.catalogue.connector(oauth_element.key).grants if takes else None
    )
    application = Application(
        api_key=query.api_key, api_secret=query.api_secret, callback_url=query.callback_url
    )
    return Answer(
        authorize_url(grants.consent_url, oauth_element, application, state=query.state, scope=query.scope)
    )
