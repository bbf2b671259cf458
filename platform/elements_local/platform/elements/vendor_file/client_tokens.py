"""How the connector of a vendor file gets access tokens, and where an instance's configuration keeps them.

Source: the keys (documented); that the interval is what the vendor's answer says, and that a token is refreshed once it is over,
are assumed.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlencode

from msgspec import Struct

from elements_local.kit.api.json_text import MalformedJsonError, decode, encode
from elements_local.kit.http_message import Http, NoReply
from elements_local.kit.web.outbound import NonAdminHttp
from elements_local.platform.core.instance import Values
from elements_local.platform.elements.connector import SECRET_TYPE, Application, ConfigurationKey
from elements_local.platform.elements.oauth import API_KEY, API_SECRET, CALLBACK_URL
from elements_local.platform.elements.vendor_file.model import VendorFile, VendorOAuth2
from elements_local.platform.elements.vendor_file.templates import read
from elements_local.platform.errors import InvalidRequestError, ProviderError

ACCESS = "oauth.user.token"
REFRESH = "oauth.user.refresh_token"
_INTERVAL = "oauth.user.refresh_interval"
_NUMBER = re.compile(r"-?\d{1,15}", re.ASCII)
_TIME = "oauth.user.refresh_time"

KEYS = (
    ConfigurationKey(key=API_KEY, name="OAuth API Key", type="TEXTFIELD_128"),
    ConfigurationKey(key=API_SECRET, name="OAuth API Secret", type=SECRET_TYPE),
    ConfigurationKey(key=CALLBACK_URL, name="OAuth Callback URL", type="TEXTFIELD_1000"),
    ConfigurationKey(key=ACCESS, name="OAuth User Token", type=SECRET_TYPE, hidden=True),
    ConfigurationKey(key=REFRESH, name="OAuth Refresh Token", type=SECRET_TYPE, hidden=True),
    ConfigurationKey(
        key=_INTERVAL, name="OAuth Refresh Interval in Seconds", type="TEXTFIELD_32", hidden=True
    ),
    ConfigurationKey(key=_TIME, name="OAuth Refresh Time", type="TEXTFIELD_32", hidden=True),
)
"""The configuration keys of an element that takes grants."""


class FileGrants(Struct, frozen=True, kw_only=True):
    """How an instance gets access tokens of the vendor."""

    file: VendorFile
    oauth2: VendorOAuth2

    @property
    def consent_url(self) -> str:
        """Where a user consents, without the query.

        Raises:
            InvalidRequestError: the file does not say.
        """
        if self.oauth2.consent is None:
            raise InvalidRequestError(f"the file of {self.file.name} does not say where users consent")
        return self.oauth2.consent

    def redeem(self, http: Http, code: str, application: Application, *, now: datetime) -> dict[str, str]:
        """Return the tokens that a code stands for.

        Raises:
            ProviderError: the vendor refuses the code, does not answer, or answers with something else.
        """
        sent = {"grant_type": "authorization_code", "code": code, "redirect_uri": application.callback_url}
        client = {"client_id": application.api_key, "client_secret": application.api_secret}
        return self._asked(http, {**sent, **client}, now)

    def is_due(self, configuration: Values, *, now: datetime) -> bool:
        """Say whether an access token is missing or over, and can be refreshed."""
        if not configuration.get(REFRESH):
            return False
        got, interval = (_number(configuration.get(key)) for key in (_TIME, _INTERVAL))
        if not configuration.get(ACCESS) or got is None:
            return True
        seconds = self.oauth2.expires_s if interval is None else interval
        return now.timestamp() >= got / 1000 + seconds

    def refresh(self, http: Http, configuration: Values, *, now: datetime) -> dict[str, str]:
        """Return a new access token, with what belongs to it.

        Raises:
            ProviderError: the vendor refuses the refresh token, does not answer, or answers with something else.
        """
        named = {"refresh_token": REFRESH, "client_id": API_KEY, "client_secret": API_SECRET}
        sent = {name: configuration.get(key) or "" for name, key in named.items()}
        return self._asked(http, {"grant_type": "refresh_token", **sent}, now)

    def _asked(self, http: Http, sent: Mapping[str, str], now: datetime) -> dict[str, str]:
        is_form = self.oauth2.body == "form"
        kind = "application/x-www-form-urlencoded" if is_form else "application/json"
        reply = NonAdminHttp(http).send(
            "POST",
            self.file.origin + self.oauth2.token,
            headers={"Content-Type": kind, "Accept": "application/json"},
            body=urlencode(sent, errors="replace").encode() if is_form else encode(sent),
        )
        if isinstance(reply, NoReply):
            raise ProviderError(status=502, message=f"{self.file.name} gave no token: {reply.reason}")
        said = reply.body.decode("utf-8", "replace")
        if not reply.ok:
            # 400 is about the credentials, which the hub's caller has not sent
            raise ProviderError(
                status=401 if reply.status == 400 else reply.status if 400 < reply.status < 500 else 502,
                message=f"{self.file.name} gave no token, but answered {reply.status}: {said[:500]}",
                provider_message=said,
            )
        try:
            found = read(self.oauth2.answer, decode(reply.body))
        except MalformedJsonError:
            found = {}
        if not isinstance(token := found.get("access_token"), str):
            raise ProviderError(
                status=502, message=f"{self.file.name} answered without a token", provider_message=said[:200]
            )
        refresh = found.get("refresh_token") or sent.get("refresh_token")
        interval = _number(str(found.get("expires_in")))
        return {
            ACCESS: token,
            **({REFRESH: str(refresh)} if refresh else {}),
            _INTERVAL: str(self.oauth2.expires_s if interval is None else interval),
            _TIME: str(round(now.timestamp() * 1000)),
        }


def _number(text: str | None) -> int | None:
    return int(text) if text and _NUMBER.fullmatch(text) else None
