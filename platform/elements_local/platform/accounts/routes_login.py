"""Signing in, in the two ways of the vendor's own tools, and asking for one's secrets then.

Source: requests and answers of both (observed); which password is right here is assumed.
"""

from typing import Any, Self, TypedDict

from flask import Blueprint, Request, Response, request
from msgspec import Struct

from elements_local.kit.api.operations import Answer, operation
from elements_local.kit.web.request_facts import facts_of
from elements_local.kit.workspaces.registry import Workspace
from elements_local.platform.accounts.store import Accounts
from elements_local.platform.call import Call, OpenCall, PlatformFacts
from elements_local.platform.core.callers import Authorization
from elements_local.platform.core.settings import Passwords
from elements_local.platform.errors import InvalidCredentialsError, InvalidRequestError

bp = Blueprint("authentication", __name__, url_prefix="/authentication")
console = Blueprint("console", __name__, url_prefix="/elements")

COOKIE = "JSESSIONID"


class Login(Struct):
    """Who signs in: an e-mail address and a password."""

    username: str
    password: str


class LoginForm(TypedDict):
    """The same, as the older form names them."""

    j_username: str
    j_password: str


class TokenJson(TypedDict):
    """What to send as ``Authorization: Bearer <token>``."""

    token: str


class SecretsJson(TypedDict):
    """The caller's secrets."""

    userSecret: str
    organizationSecret: str


class OldSecretsJson(TypedDict):
    """The same, as the older route names them."""

    user: str
    company: str


@bp.post("")
@operation(problems=(401,))
def sign_in_with_json(call: OpenCall, body: Login) -> Answer[TokenJson]:
    """Sign in, and get a token."""
    return Answer({"token": _signed_in(call, body.username, body.password)})


class _TokenCall(Call, frozen=True, kw_only=True):
    """A call of a user, whether an organization is named or not."""

    @classmethod
    def of_request(cls, asked: Request, path: dict[str, Any]) -> Self:  # noqa: ARG003 - nothing in it says whose call it is
        """Return a request's call.

        Raises:
            InvalidCredentialsError: there are no secrets, or they are nobody's.
        """
        facts: PlatformFacts = facts_of(asked)
        return cls.of_workspace(facts, facts.caller.authenticated())


@bp.get("/secrets")
@operation()
def secrets(call: _TokenCall) -> Answer[SecretsJson]:
    """Show the secrets of who signed in."""
    return Answer(
        {"userSecret": call.workspace.user_secret, "organizationSecret": call.workspace.organization_secret}
    )


@console.post("/j_spring_security_check")
@operation(
    problems=(400, 401), takes={"application/x-www-form-urlencoded": LoginForm}, gives={"text/plain": None}
)
def sign_in_with_form(call: OpenCall) -> Response:
    """Sign in, and get a cookie; the answer is 200, not a redirect (observed)."""
    sent = [request.form.get(name) for name in LoginForm.__annotations__]
    if None in sent:
        raise InvalidRequestError(f"expected a form with {' and '.join(LoginForm.__annotations__)}")
    username, password = sent
    response = Response(status=200, mimetype="text/plain")
    response.set_cookie(
        COOKIE,
        _signed_in(call, username or "", password or ""),
        path="/elements",
        httponly=True,
        samesite="Lax",
    )
    return response


class _CookieCall(Call, frozen=True, kw_only=True):
    """A call of who signed in by the form."""

    @classmethod
    def of_request(cls, asked: Request, path: dict[str, Any]) -> Self:  # noqa: ARG003 - as above
        """Return a request's call.

        Raises:
            InvalidCredentialsError: there is no cookie, or none that is known here.
        """
        facts: PlatformFacts = facts_of(asked)
        token = asked.cookies.get(COOKIE)
        if token is None:
            raise InvalidCredentialsError(f"There was no cookie {COOKIE}; sign in first.")
        caller = facts.platform.callers.of(Authorization(bearer=token))
        return cls.of_workspace(facts, caller.authenticated())


@console.get("/api-v1/ui/getSecrets")
@operation()
def old_secrets(call: _CookieCall) -> Answer[OldSecretsJson]:
    """Show the secrets of who has the cookie."""
    return Answer({"user": call.workspace.user_secret, "company": call.workspace.organization_secret})


def opens(workspace: Workspace, password: str, *, passwords: Passwords) -> bool:
    """Say whether a password is the user's: their secret always is, any other one if the setting says so."""
    return password == workspace.user_secret or (passwords is Passwords.ANY and bool(password))


def _signed_in(call: OpenCall, email: str, password: str) -> str:
    """Return the token of a new session.

    Raises:
        InvalidCredentialsError: nobody has this address and this password.
    """
    passwords = call.settings.passwords
    for workspace in call.platform.workspaces:
        is_theirs = workspace.crm_username.casefold() == email.casefold()
        if is_theirs and opens(workspace, password, passwords=passwords):
            with call.platform.database.transaction(workspace.name) as tx:
                return Accounts(tx).sign_in(workspace, workspace.clock.now())
    raise InvalidCredentialsError(f"There is no user {email[:80]!r} with this password.")
