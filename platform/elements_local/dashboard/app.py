"""The dashboard as a Flask application: pages made here, of what the routes of the three services answer."""

from threading import Event
from typing import Any

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    g,
    render_template,
    request,
    url_for,
)
from jinja2 import StrictUndefined
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import Rule

from elements_local.clients.errors import CallError, HarnessError, UnreachableError
from elements_local.clients.service_client import TOKEN_HEADER
from elements_local.dashboard import writing
from elements_local.dashboard.advances import Advances, progress
from elements_local.dashboard.axis import WIDTH
from elements_local.dashboard.context import (
    DEFAULT,
    EXTENSION,
    FORM_FIELD,
    Answer,
    DashboardDependencies,
    PageAccess,
    PageContext,
    ScenarioSoFar,
    SettingsInEffect,
    back,
    dependencies,
    local_path,
    own_path,
    start_path,
)
from elements_local.dashboard.copies import as_json, readable
from elements_local.dashboard.lists import id_of
from elements_local.dashboard.moments import short_count
from elements_local.dashboard.routes import (
    audit,
    callbacks,
    faults,
    first_minute,
    instances,
    journal,
    live,
    overview,
    polls,
    records,
    state,
)
from elements_local.kit.masks import mask_known
from elements_local.kit.text import record_name
from elements_local.kit.web.middleware import BELOW
from elements_local.kit.web.problems import in_own_words
from elements_local.kit.web.service_flask import ServiceFlask
from elements_local.stack.stack import Stack

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_OF_EVERY_ANSWER = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_MASKED = frozenset({"text/html", "text/plain"})
_LARGEST_FORM = 64 * 1024 * 1024
"""Bytes of a form: a snapshot is one."""

_ROUTES: tuple[Blueprint, ...] = (
    overview.bp,
    instances.bp,
    records.bp,
    callbacks.bp,
    faults.bp,
    first_minute.bp,
    audit.bp,
    journal.bp,
    state.bp,
    polls.bp,
    polls.notifications,
    audit.explain,
    live.bp,
)
_FOLLOWED = frozenset(f"{blueprint.name}.{view}" for blueprint in _ROUTES for view in ("index", "show")) | {
    "start"
}
"""Pages that show what happens."""

_NEEDS = {
    **dict.fromkeys(("instances", "audit", "polls", "notifications", "explain"), "platform"),
    "records": "crm",
    "callbacks": "sink",
}
"""Whose pages cannot be without which service."""

_OPEN = frozenset({"static", "axis_css", "sign_in"})
"""What is answered without the token."""


class DashboardFlask(ServiceFlask):
    """Flask whose routes are often built: a page has hundreds of links (``poe bench-dashboard``)."""

    url_rule_class = Rule


def create_dashboard(
    stack: Stack,
    *,
    scenario: ScenarioSoFar,
    settings: SettingsInEffect,
    closing: Event,
    advances: Advances,
) -> Flask:
    """Make the dashboard of a stack; its other arguments are those of ``DashboardPages``."""
    app = DashboardFlask(__name__)
    app.static_folder = "static"
    app.config["MAX_CONTENT_LENGTH"] = _LARGEST_FORM
    app.config["MAX_FORM_MEMORY_SIZE"] = _LARGEST_FORM
    app.extensions[EXTENSION] = DashboardDependencies(
        stack=stack,
        scenario=scenario,
        settings=settings,
        closing=closing,
        advances=advances,
        access=PageAccess(token=stack.token),
    )
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters |= {
        "instant": writing.instant_text,
        "span": writing.span_text,
        "sentence": writing.sentence,
        "coloured": writing.coloured,
        "pretty": as_json,
        "readable": readable,
        "short_count": short_count,
    }
    app.jinja_env.globals |= {
        "own_path": own_path,
        "progress": progress,
        "id_of": id_of,
        "needs": _NEEDS,
        "record_name": record_name,
    }
    app.url_value_preprocessor(_read_workspace)
    app.url_defaults(_add_workspace)
    app.before_request(_check_caller)
    app.after_request(_add_headers)
    app.register_error_handler(HTTPException, _http_problem)
    app.register_error_handler(HarnessError, _harness_problem)
    app.add_url_rule(f"{BELOW}static/<path:filename>", "static", app.send_static_file)
    app.add_url_rule(f"{BELOW}axis.css", "axis_css", _axis_css)
    app.add_url_rule(f"{BELOW}sign-in", "sign_in", _sign_in, methods=["POST"])
    for blueprint in _ROUTES:
        app.register_blueprint(blueprint, url_prefix=f"{BELOW}<workspace>{blueprint.url_prefix or ''}")
    app.add_url_rule("/_local/", "start", overview.index)
    app.bind_routes()
    return app


def _read_workspace(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    g.page = PageContext((values or {}).pop("workspace", DEFAULT))


def _add_workspace(endpoint: str, values: dict[str, Any]) -> None:
    if current_app.url_map.is_endpoint_expecting(endpoint, "workspace"):
        values.setdefault("workspace", g.page.name)


def _check_caller() -> tuple[str, int] | None:
    """Let nobody through who may not see the page, and no form that another site has sent."""
    access = dependencies().access
    cookie = request.cookies.get(_cookie_name(), "")
    is_signed_in = access.lets_in(cookie=cookie, header=request.headers.get(TOKEN_HEADER, ""))
    if reason := access.refusal(
        request.method,
        dict(request.headers),
        own_origin=request.host_url.rstrip("/"),
        form_token=request.form.get(FORM_FIELD, "") if request.endpoint != "sign_in" else access.form_token,
    ):
        return _problem("Refused", reason, 403)
    if not is_signed_in and request.endpoint not in _OPEN:
        return render_template(
            "sign_in.html", wrong=False, to=request.script_root + request.full_path.rstrip("?")
        ), 401
    needed = _NEEDS.get(request.blueprint or "")
    if needed and needed not in g.page.runs:
        raise NotFound(f"No {needed} runs here; elements-local up without --role starts all three services.")
    if request.method == "GET" and request.endpoint in _FOLLOWED:
        # before the page is made, so that no change meanwhile is missed by who follows it
        g.page.state = live.state_of(g.page.clients, g.page.runs)
    return None


def _sign_in() -> Response | tuple[str, int]:
    """Take the admin token once; from then on a cookie stands for it, which no other site's request carries."""
    to = local_path(request.form.get("to", "")) or start_path()
    if not dependencies().access.takes(request.form.get("token", "")):
        return render_template("sign_in.html", wrong=True, to=to), 401
    response = Response(status=303, headers={"Location": to})
    response.set_cookie(
        _cookie_name(),
        dependencies().access.cookie,
        path=start_path(),
        httponly=True,
        samesite="Strict",
        secure=request.is_secure,
    )
    return response


def _cookie_name() -> str:
    """Name the cookie after the port: browsers send those of one host to all of its ports."""
    return f"elements-local-{request.host.rpartition(':')[2]}"


def _add_headers(response: Response) -> Response:
    for name, value in _OF_EVERY_ANSWER.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", "no-store")
    if response.mimetype in _MASKED and _hides_secrets() and g.page.is_known:
        secrets = [*g.page.clients.credentials.secrets, *g.get("of_instance", ())]
        response.set_data(mask_known(response.get_data(as_text=True), secrets))
    return response


def _hides_secrets() -> bool:
    """Say whether the present page hides the workspace's secrets; records are its owner's data, and forms of them are sent back."""
    clicked = request.blueprint == "state" and not request.args.keys().isdisjoint({"secrets", "copy"})
    return not clicked and request.blueprint != "records"


def _http_problem(error: HTTPException) -> tuple[str, int]:
    return _problem(error.name, vars(error).get("description") or in_own_words(error), error.code or 500)


def _problem(title: str, text: str, status: int) -> tuple[str, int]:
    """Return a page that says what is wrong, and leads to the workspace, if that much is known of it."""
    to = url_for("overview.index") if g.page.is_known else start_path()
    return render_template("alone.html", title=title, text=text, to=to), status


def _harness_problem(error: HarnessError) -> Answer:
    """Say why a service did not do what was asked, in its own words: of a form, on the page that it was on."""
    if request.method == "POST":
        return back(error.message, good=False)
    status = error.status if isinstance(error, CallError) and error.status < 500 else 502
    title = "No answer" if isinstance(error, UnreachableError) else "That was refused"
    return _problem(title, error.message, status)


def _axis_css() -> Response:
    """Return a rule for each place and each width: the policy lets no page say them itself."""
    rules = (f".x{at}{{left:{at / 10:g}%}}.w{at}{{width:{at / 10:g}%}}" for at in range(WIDTH + 1))
    response = Response("".join(rules), mimetype="text/css")
    response.headers["Cache-Control"] = "max-age=86400"
    return response
