"""Signing in, in the two ways of the vendor's own tools, and asking for one's secrets then.

Source: requests and answers of both (observed).
"""

from typing import TypedDict

from flask import Blueprint, Response, request
from msgspec import Struct

from mock_kit.api.operations import Answer, operation
from mock_platform.accounts.authorization import Authorization
from mock_platform.accounts.callers import Caller, Callers
from mock_platform.accounts.calling import authorization, calling
from mock_platform.accounts.login import sign_in
from mock_platform.accounts.store import People
from mock_platform.core.dependencies import dependencies
from mock_platform.errors import InvalidCredentialsError, InvalidRequestError

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
def sign_in_with_json(body: Login) -> Answer[TokenJson]:
    """Sign in, and get a token."""
    return Answer({"token": _signed_in(body.username, body.password)})


def _token_holder() -> Caller:
    return calling(authorization())


@bp.get("/secrets")
@operation(needs=_token_holder)
def secrets(caller: Caller) -> Answer[SecretsJson]:
    """Show the secrets of who signed in."""
    user, organization = _secrets(caller)
    return Answer({"userSecret": user, "organizationSecret": organization})


@console.post("/j_spring_security_check")
@operation(
    problems=(400, 401), takes={"application/x-www-form-urlencoded": LoginForm}, gives={"text/plain": None}
)
def sign_in_with_form() -> Response:
    """Sign in, and get a cookie; the answer is 200, not a redirect (observed)."""
    sent = [request.form.get(name) for name in LoginForm.__annotations__]
    if None in sent:
        raise InvalidRequestError(f"expected a form with {' and '.join(LoginForm.__annotations__)}")
    username, password = sent
    response = Response(status=200, mimetype="text/plain")
    response.set_cookie(
        COOKIE, _signed_in(username or "", password or ""), path="/elements", httponly=True, samesite="Lax"
    )
    return response


def _cookie_holder() -> Caller:
    token = request.cookies.get(COOKIE)
    if token is None:
        raise InvalidCredentialsError(f"There was no cookie {COOKIE}; sign in first.")
    return calling(Authorization(bearer=token))


@console.get("/api-v1/ui/getSecrets")
@operation(needs=_cookie_holder)
def old_secrets(caller: Caller) -> Answer[OldSecretsJson]:
    """Show the secrets of who has the cookie."""
    user, organization = _secrets(caller)
    return Answer({"user": user, "company": organization})


def _signed_in(username: str, password: str) -> str:
    services = dependencies()
    return sign_in(services.services[Callers], username, password, passwords=services.settings.passwords)


def _secrets(caller: Caller) -> tuple[str, str]:
    user = dependencies().store[People].user(caller.workspace, caller.user_id)
    return user.secret, caller.workspace.organization_secret
