"""The grant that an OAuth element's instance is made from: where its user consents, and what comes of the code.

Source: the parameters and the answer (documented, observed); that an element with another kind of authentication
answers with an error (documented).
"""

from collections.abc import Mapping
from urllib.parse import urlencode

from elements_local.kit.api.views import View
from elements_local.platform.elements.connector import Application, Element, VendorGrants
from elements_local.platform.errors import InvalidRequestError

API_KEY = "oauth.api.key"
API_SECRET = "oauth.api.secret"  # noqa: S105 - a configuration key
CALLBACK_URL = "oauth.callback.url"


class OAuthUrl(View):
    """Where a user consents; ``element`` is a key (observed)."""

    element: str
    oauth_url: str


def check_takes_oauth(element: Element, grants: VendorGrants | None) -> VendorGrants:
    """Return how an element takes grants.

    Raises:
        InvalidRequestError: it takes none, as it knows its callers otherwise (documented that it is an error; that it
            is 400 is assumed).
    """
    if grants is None:
        raise InvalidRequestError(
            f"{element.name} has {element.authentication} authentication, not OAuth: make an instance with "
            f"{' and '.join(element.credentials)} in its configuration"
        )
    return grants


def authorize_url(
    consent_url: str, element: Element, client: Application, *, state: str, scope: str
) -> OAuthUrl:
    """Return where a user consents; the secret is not among what a browser gets.

    Args:
        state: comes back with the code; the element's key where none is sent (assumed).
    """
    query = {
        "response_type": "code",
        "client_id": client.api_key,
        "redirect_uri": client.callback_url,
        "state": state or element.key,
        **({"scope": scope} if scope else {}),
    }
    url = f"{consent_url}?{urlencode(query, errors='replace')}"
    return OAuthUrl(element=element.key, oauth_url=url)


def application(configuration: Mapping[str, object]) -> Application:
    """Return the application that a configuration speaks of.

    Raises:
        InvalidRequestError: says which of its three keys is no text.
    """
    values = {key: configuration.get(key) for key in (API_KEY, API_SECRET, CALLBACK_URL)}
    missing = [key for key, value in values.items() if not isinstance(value, str) or not value]
    if missing:
        raise InvalidRequestError(
            f"configuration needs {' and '.join(missing)} as texts, to make an instance from providerData.code"
        )
    key, secret, callback_url = map(str, values.values())
    return Application(api_key=key, api_secret=secret, callback_url=callback_url)


def needs_grant(configuration: Mapping[str, object], element: Element) -> bool:
    """Say whether a configuration leaves the credentials to a grant: with one of them it does not."""
    return not any(configuration.get(key) for key in element.credentials)
