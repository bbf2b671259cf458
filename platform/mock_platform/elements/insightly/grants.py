"""From a grant's code to the credentials that an instance is configured with: one call of the CRM."""

from urllib.parse import urlencode

from msgspec import Struct

from mock_kit.api.json_text import MalformedJsonError, decode
from mock_kit.web.wire import Http, NoReply
from mock_platform.elements.connector import Application
from mock_platform.elements.insightly import dialect as insightly
from mock_platform.errors import ProviderError


class InsightlyGrants(Struct, frozen=True, kw_only=True):
    """Grants of the CRM of this stack; Insightly itself gives none."""

    crm_url: str

    @property
    def consent_url(self) -> str:
        """Where a user consents, without the query."""
        return f"{self.crm_url}/oauth/authorize"

    def redeem(self, http: Http, code: str, application: Application) -> dict[str, str]:
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
            raise insightly.refusal(reply.status, reply.body)
        try:
            match decode(reply.body):
                case {"username": str(username), "access_token": str(key)}:
                    return {"username": username, "password": key}
        except MalformedJsonError:
            # the same error below as of JSON of another shape
            pass
        raise ProviderError(status=502, message="Insightly answered a grant's code with something else")
