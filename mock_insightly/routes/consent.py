"""``/oauth``: letting an application in, and what it gets for the code of that.

No part of the vendor's API: it is there for the platform's setting ``oauth_walk``.
"""

from string import Template
from typing import Annotated, Literal, TypedDict

from flask import Blueprint, Response, request, url_for
from markupsafe import escape
from msgspec import Meta, Struct

from elements_local.kit.api.operations import Answer, operation
from elements_local.kit.api.shapes import read_query
from mock_insightly.account.grants import OAuthClient, check_redirect, redirect_to
from mock_insightly.errors import GrantError
from mock_insightly.routes.call import ConsentCall

_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    # with `no-referrer` a browser says `Origin: null` of the page's own form, too, and that is refused
    "Referrer-Policy": "same-origin",
}
"""What keeps the page from being framed, and from telling on."""

_PAGE = Template(
    """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Insightly (elements-local): $title</title>
<style>body { font: 16px sans-serif; max-width: 34em; margin: 4em auto; }</style>
<h1>$title</h1>
$content
</html>
"""
)

_FORM = Template(
    """<p>$warning</p>
<p>The application <b>$client_id</b> asks for access to your records. You are then sent to <code>$redirect_uri</code>.</p>
<form method="post" action="/oauth/authorize">
<input type="hidden" name="client_id" value="$client_id">
<input type="hidden" name="redirect_uri" value="$redirect_uri">
<input type="hidden" name="state" value="$state">
<p><label>Your API key <input name="api_key" type="password" required autocomplete="off"></label></p>
<p><button name="consent" value="allow">Allow</button> <button name="consent" value="deny" formnovalidate>Deny</button></p>
</form>"""
)


bp = Blueprint("consent", __name__, url_prefix="/oauth")

HTML = "text/html"
FORM = "application/x-www-form-urlencoded"

Text = Annotated[str, Meta(min_length=1, max_length=2000, pattern=r"^[^\x00-\x1f\x7f]*$")]


class AuthorizeQuery(Struct):
    """Who wants in.

    Attributes:
        client_id: the application; the platform's callers name it apiKey.
        redirect_uri: where its user is sent back to.
        state: comes back as it is.
        refused: whether the last API key was nobody's.
    """

    client_id: Text
    redirect_uri: Text
    response_type: Literal["code"] = "code"
    state: Annotated[str, Meta(max_length=2000)] = ""
    refused: bool = False


class ConsentForm(Struct):
    """What the page's form sends."""

    client_id: Text
    redirect_uri: Text
    state: Annotated[str, Meta(max_length=2000)] = ""
    api_key: str = ""
    consent: Literal["allow", "deny"] = "deny"


class TokenForm(Struct):
    """What an application sends for the code."""

    code: Text
    client_id: Text
    client_secret: Text
    redirect_uri: str
    grant_type: Literal["authorization_code"]


class AccessTokenJson(TypedDict):
    """What an application gets: what the API's calls are signed with."""

    token_type: str
    username: str
    access_token: str


class ConsentProblem(TypedDict):
    """The body of an error, as those of the API are."""

    Message: str


@bp.get("/authorize")
@operation(problems=(400,), problem=ConsentProblem, gives={HTML: None})
def ask(query: AuthorizeQuery) -> Response:
    """Ask the user, on a page."""
    check_redirect(query.redirect_uri)
    return _page(
        "Let an application in?",
        consent_form(
            client_id=query.client_id,
            redirect_uri=query.redirect_uri,
            state=query.state,
            warning="No account has this API key." if query.refused else "",
        ),
    )


@bp.post("/authorize")
@operation(problems=(400,), problem=ConsentProblem, takes={FORM: ConsentForm}, gives={}, status=302)
def consent(call: ConsentCall) -> Response:
    """Send the user back with a code, if they allow it and the API key is good; nowhere outside otherwise."""
    sent = read_query(request.form, ConsentForm)
    check_redirect(sent.redirect_uri)
    if sent.consent == "deny":
        return _sent_to(url_for("consent.denied"))
    workspace = call.crm.workspaces.with_api_key(sent.api_key.strip())
    if workspace is None:
        again = url_for(
            "consent.ask",
            client_id=sent.client_id,
            redirect_uri=sent.redirect_uri,
            state=sent.state,
            refused="true",
        )
        return _sent_to(again)
    code = call.crm.grants.give(
        workspace, OAuthClient(client_id=sent.client_id, redirect_uri=sent.redirect_uri)
    )
    return _sent_to(redirect_to(sent.redirect_uri, code=code, state=sent.state))


@bp.get("/denied")
@operation(gives={HTML: None})
def denied() -> Response:
    """Say that nothing was given."""
    return _page("Nothing was given", "<p>The application was not let in. You may close this page.</p>")


@bp.post("/token")
@operation(problems=(400,), problem=ConsentProblem, takes={FORM: TokenForm})
def token(call: ConsentCall) -> Answer[AccessTokenJson]:
    """Give what a code stands for, once."""
    sent = read_query(request.form, TokenForm)
    grant = call.crm.grants.take(sent.code)
    workspace = None if grant is None else call.crm.workspaces.named(grant.workspace)
    client = OAuthClient(client_id=sent.client_id, redirect_uri=sent.redirect_uri)
    if grant is None or workspace is None or not grant.is_good(client, now=workspace.clock.now()):
        raise GrantError
    return Answer(
        {
            "token_type": "basic",
            "username": workspace.crm_username,
            "access_token": workspace.crm_api_key,
        }
    )


def consent_form(**said: str) -> str:
    """Return the form that asks; nothing that came from elsewhere is taken for markup."""
    return _FORM.substitute({name: str(escape(value)) for name, value in said.items()})


def _page(title: str, content: str) -> Response:
    return Response(_PAGE.substitute(title=title, content=content), headers=_HEADERS, mimetype=HTML)


def _sent_to(location: str) -> Response:
    return Response(status=302, headers={**_HEADERS, "Location": location})
