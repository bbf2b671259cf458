"""The calls by which a fake gives access tokens, and what it refuses of them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from flask import request

from elements_local.kit.fakes.records import NoCallerError
from elements_local.kit.instants import format_instant
from elements_local.kit.values import replace
from elements_local.kit.web.request_facts import FACTS, facts_of
from elements_local.kit.workspaces.registry import Workspace
from elements_local.platform.elements.vendor_file import model
from elements_local.platform.elements.vendor_file.refusal import VendorRefusalError
from elements_local.platform.elements.vendor_file.store_grants import OAuthGrants
from elements_local.platform.elements.vendor_file.templates import filled, read
from elements_local.platform.elements.vendor_file.tokens import VendorToken, sent_in, token_of

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment


class TokenRoutes:
    """What a fake does with access tokens, and with requests for them."""

    def __init__(self, file: model.VendorFile, oauth2: model.VendorOAuth2, grants: OAuthGrants) -> None:
        self.file, self.oauth2, self.grants = file, oauth2, grants
        clients_own = (path for path in (oauth2.token, oauth2.revoke) if path)
        self._paths = frozenset(each for path in clients_own for each in file.paths_of(path))
        self.info_paths = [oauth2.info.path] if oauth2.info else []
        self._forms = [form for each in self.info_paths for form in file.paths_of(each)]

    def credential_in(self, environ: "WSGIEnvironment", credential: str | None) -> str | None:
        """Return what says whose a call is: of a request for tokens the client's secret, of one about a token that one."""
        path = environ.get("PATH_INFO", "")
        path = path.rstrip("/") if self.file.trailing_slash else path
        if path in self._paths:
            sent = sent_in(self.oauth2, environ[FACTS].body or b"", environ.get("QUERY_STRING", ""))
            return sent.get("client_secret")
        asked = (read(form, path).get("token") for form in self._forms)
        return next((str(each) for each in asked if each), credential)

    def check(self, workspace: Workspace, credential: str) -> None:
        """Refuse an access token that is none, or no longer good; the API key always is.

        Raises:
            NoCallerError: it is none.
            VendorRefusalError: its time is over.
        """
        if credential == workspace.crm_api_key:
            return
        token, now = token_of(credential, workspace.seed, self.file.vendor), workspace.clock.now()
        if token is None or token.kind != "a" or not self.grants.is_good(workspace, token):
            raise NoCallerError("the access token is missing or unknown")
        if now >= (ended := token.ends(self.oauth2)):
            ago = int((now - ended).total_seconds())
            said = f"the access token expired {ago} seconds ago"
            raise VendorRefusalError("expired", said, ago=ago, expired_at=format_instant(ended))

    def given(self) -> object:
        """Return the answer to the present request for tokens.

        Raises:
            VendorRefusalError: it gets none.
        """
        workspace, sent = self._asked()
        grant_type = sent.get("grant_type", "")
        if grant_type not in self.oauth2.grants:
            known = ", ".join(self.oauth2.grants)
            said = f"grant_type is one of {known}; got {grant_type[:100]!r}"
            raise VendorRefusalError("unsupported_grant_type", said)
        if grant_type == "authorization_code" and sent.get("code") != workspace.crm_api_key:
            raise VendorRefusalError("invalid_grant", "the code is missing or unknown")
        used = sent.get("refresh_token", "") if grant_type == "refresh_token" else None
        access = self._begun(workspace) if used is None else self._refreshed(workspace, used)
        if used is None or self.oauth2.rotation != "none":
            used = replace(access, kind="r").text(workspace.seed, self.file.vendor)
        values = {
            "access_token": access.text(workspace.seed, self.file.vendor),
            **({} if grant_type == "client_credentials" else {"refresh_token": used}),
            "expires_in": self.oauth2.expires_s,
            "user": workspace.crm_username,
        }
        return filled(self.oauth2.answer, values)

    def revoked(self) -> object:
        """End the grant of the token that the present request has, and return the answer, which is empty.

        Raises:
            VendorRefusalError: the client is unknown.
        """
        workspace, sent = self._asked()
        text = sent.get("token", "")
        token = token_of(text, workspace.seed, self.file.vendor)
        if token or text == workspace.crm_api_key:
            self.grants.end(workspace, token.grant if token else 0)
        return None

    def _asked(self) -> tuple[Workspace, Mapping[str, str]]:
        """Return whose the present request of a client is, and its parameters.

        Raises:
            VendorRefusalError: the client is unknown.
        """
        sent = sent_in(self.oauth2, facts_of(request).body or b"", request.query_string.decode("latin-1"))
        workspace: Workspace | None = facts_of(request).caller
        if workspace is None or not sent.get("client_id"):
            raise VendorRefusalError("invalid_client", "client_id is missing, or client_secret is unknown")
        return workspace, sent

    def info(self, token: str) -> object:
        """Return what is said of an access token.

        Raises:
            NoCallerError: it is none.
            VendorRefusalError: its time is over.
        """
        workspace: Workspace | None = facts_of(request).caller
        found = token_of(token, workspace.seed, self.file.vendor) if workspace else None
        if workspace is None or found is None:
            raise VendorRefusalError("not_found", "there is no such access token")
        self.check(workspace, token)
        ends, now = found.ends(self.oauth2), workspace.clock.now()
        values = {
            "token": token,
            "user": workspace.crm_username,
            "expires_in": int((ends - now).total_seconds()),
            "expires_at": int(ends.timestamp() * 1000),
        }
        return filled(self.oauth2.info and self.oauth2.info.answer, values)

    def _begun(self, workspace: Workspace) -> VendorToken:
        grant, now = self.grants.begin(workspace), workspace.clock.now()
        return VendorToken(key=workspace.crm_api_key, kind="a", grant=grant, number=0, at=now)

    def _refreshed(self, workspace: Workspace, text: str) -> VendorToken:
        """Return the access token that a refresh token is good for.

        Raises:
            VendorRefusalError: it is good for none.
        """
        key, now = workspace.crm_api_key, workspace.clock.now()
        first = VendorToken(key=key, kind="r", grant=0, number=0, at=now)
        used = first if text == key else token_of(text, workspace.seed, self.file.vendor)
        number = self.grants.refresh(workspace, used, self.oauth2) if used and used.kind == "r" else None
        if used is None or number is None:
            case = (
                "invalid_refresh_token" if self.file.errors.cases.invalid_refresh_token else "invalid_grant"
            )
            raise VendorRefusalError(case, "the refresh token is missing, unknown, or no longer good")
        return VendorToken(key=key, kind="a", grant=used.grant, number=number, at=now)
