"""What stands before and after every view of the platform: refusals, request ids, shapes of errors, CORS, Allow.

Every success is 200; that of a delete, and the like, has nothing in it (observed).
"""

from collections.abc import Mapping
from datetime import datetime
from itertools import count

from flask import Request, Response, current_app, request
from werkzeug.exceptions import MethodNotAllowed, NotFound

from elements_local.kit import seeded
from elements_local.kit.admin.routes import ADMIN_STATUSES, check_admin_call, json_answer, without_secrets
from elements_local.kit.api.json_text import Json
from elements_local.kit.api.operations import JSON, operation_of
from elements_local.kit.api.shapes import SENT, undeclared_keys
from elements_local.kit.instants import UnreadableTimeError
from elements_local.kit.storage.database_errors import is_away
from elements_local.kit.web.guard import share
from elements_local.kit.web.problems import answer_problems
from elements_local.kit.web.request_facts import facts_of
from elements_local.kit.web.service_flask import Precedence
from elements_local.kit.workspaces.workspace import (
    DefaultWorkspaceError,
    WorkspaceExistsError,
    WorkspaceNameError,
)
from elements_local.platform import errors
from elements_local.platform.call import Platform, PlatformFacts
from elements_local.platform.core.paths import BASE_PATH, INSTANCE_HEADER
from elements_local.platform.hub.routing import HubRouting, refuse_deferred_calls
from elements_local.platform.lint.service import HEADER
from elements_local.platform.lint.unread_keys import unread
from elements_local.platform.lint.warning import ConfigWarnings

STATUSES: Mapping[type[Exception], int] = {
    **ADMIN_STATUSES,
    errors.InvalidRequestError: 400,
    errors.InvalidCredentialsError: 401,
    errors.ForbiddenError: 403,
    errors.InstanceDisabledError: 403,
    errors.NotFoundError: 404,
    errors.NothingFoundError: 404,
    errors.NotAcceptableError: 406,
    errors.ConflictError: 409,
    errors.UnsupportedCallError: 501,
    UnreadableTimeError: 400,
    WorkspaceNameError: 400,
    WorkspaceExistsError: 409,
    DefaultWorkspaceError: 409,
}
"""Which status each error becomes; a provider's error brings its own."""

_CORS = {
    "Access-Control-Allow-Headers": (
        "Authorization, Content-Type, Elements-Async-Request, Elements-Async-Callback-Url, "
        "Elements-Schedule-Request, Elements-Version, Elements-User-Password, Element-Instances"
    ),
    "Access-Control-Allow-Methods": "GET, POST, PUT, PATCH, DELETE",
    "Access-Control-Expose-Headers": (
        "Elements-Returned-Count, Elements-Total-Count, Elements-Request-Id, Elements-Next-Page-Token, "
        "Elements-Trace-Id, Elements-Error, Content-Disposition"
    ),
}
"""For pages that may call, such as Postman's web client; what is exposed is observed, the rest ours."""

_REQUEST_ID = "elements_local.platform.request_id"
_LONGEST_MESSAGE = 2000
"""Letters of an error: it quotes what came, which may be as long as a body."""

_WHERE_THINGS_ARE = (
    f"the API is below {BASE_PATH}, the dashboard is /_local/, and GET /_local/openapi.json lists the routes"
)
"""Said of paths outside the API, as of those that lack its base path, and of the root, where somebody asks who knows nothing yet."""


class RequestIds:
    """Hands out ids of 24 hexadecimal digits that no two requests of a stack share.

    Args:
        start: tells one start of the same stack from another, since counting begins anew.

    Source: they have the look of MongoDB's object ids (observed): the time in seconds, a number of who gives them, a count.
    """

    def __init__(self, start: int) -> None:
        self._giver = seeded.hexadecimal(start, "request", length=8)
        # `next` of a count is atomic: threads never get the same
        self._count = count(1)

    def next(self, now: datetime) -> str:
        """Return the id of a request that comes now."""
        return f"{int(now.timestamp()) & 0xFFFFFFFF:08x}{self._giver}{next(self._count) & 0xFFFFFFFF:08x}"


def add_request_policy(app: HubRouting, platform: Platform, ids: RequestIds) -> None:
    """Give an application, all of whose routes are there, what stands before and after every view."""
    policy = _RequestPolicy(app, platform, ids)
    app.before_view = policy.before
    app.after_view = policy.after
    app.register_error_handler(errors.ProviderError, policy.tell_provider_error)
    answer_problems(app, STATUSES, policy.problem)


class _RequestPolicy:
    """What is done before and after each view, in the order in which it stands here."""

    def __init__(self, app: HubRouting, platform: Platform, ids: RequestIds) -> None:
        self._app = app
        self._platform = platform
        self._ids = ids
        self._precedence = Precedence(app.url_map)

    def before(self, asked: Request) -> None:
        """Refuse what does not come to its view.

        Source: 401 comes before 404 (observed).
        """
        facts: PlatformFacts = facts_of(asked)
        if facts.is_admin:
            check_admin_call(asked)
        # what is not imitated comes before what is said of methods and of Accept
        self._app.refuse_what_is_not_imitated(asked)
        if asked.url_rule is not None:
            # a method that only a less literal route would take is refused
            self._precedence.check(facts.routed, asked.url_rule.rule, asked.method)
        elif facts.is_api:
            facts.caller.authenticated()
        if isinstance(asked.routing_exception, MethodNotAllowed):
            # of all routes that fit, the words of the refusal name what the most literal takes, as the header does
            asked.routing_exception.valid_methods = self._precedence.methods(facts.routed)
        if "HTTP_ACCEPT" in facts.environ and facts.is_api:
            _refuse_what_cannot_be_served(asked)
        self._app.refuse_unknown_resource(asked)
        refuse_deferred_calls(asked)

    def after(self, asked: Request, response: Response) -> Response:
        """Give an answer its request id, its instance and content type, and let the page that asked read it.

        Source: the instance's id comes with every hub call (observed), refused ones included (assumed).
        """
        facts: PlatformFacts = facts_of(asked)
        headers, status = response.headers, response.status_code
        for name, value in facts.headers.items():
            headers[name] = value()
        headers.add("Elements-Request-Id", self._request_id(facts))
        if facts.instance is not None:
            headers.add(INSTANCE_HEADER, str(facts.instance.id))
        if status < 400 and (warnings := _undeclared(asked)):
            headers[HEADER] = warnings
        # what a path takes is said where that is asked for, or was got wrong
        if asked.method == "OPTIONS" or status == 405:
            methods = self._precedence.methods(facts.routed)
            if methods:
                headers["Allow"] = ", ".join(sorted(methods))
        if facts.path.startswith(BASE_PATH):
            if headers.get("Content-Type") == JSON:
                headers["Content-Type"] = "application/json;charset=UTF-8"
            share(response, asked, _CORS)
        return without_secrets(asked, response) if facts.is_admin else response

    def problem(self, _status: int, message: str, error: Exception) -> Json:
        """Return an error's body, with the provider's own words if there are any."""
        said = getattr(error, "provider_message", None)
        provider = {} if said is None else {"providerMessage": said}
        words = _own_words(error) or message
        return {
            "requestId": self._request_id(facts_of(request)),
            "message": words[:_LONGEST_MESSAGE],
            **provider,
        }

    def tell_provider_error(self, error: errors.ProviderError) -> Response:
        """Answer with the status that a provider's error brings."""
        return json_answer(self.problem(error.status, str(error), error), error.status)

    def _request_id(self, facts: PlatformFacts) -> str:
        if not facts.request_id:
            facts.request_id = self._ids.next(self._time_of(facts))
        return facts.request_id

    def _time_of(self, facts: PlatformFacts) -> datetime:
        """Return the time of the caller's workspace; of a stranger's call, that of the default one."""
        try:
            return facts.workspace.clock.now()
        except Exception as error:
            # the answer that the database is away has an id, too
            if is_away(error):
                return self._platform.workspaces.real_clock.now()
            raise


def _refuse_what_cannot_be_served(asked: Request) -> None:
    """Refuse a caller who accepts nothing of what an operation gives (documented: 406)."""
    accepted = asked.accept_mimetypes
    known = operation_of(current_app.view_functions[asked.endpoint]) if asked.endpoint else None
    if accepted and known and known.gives and not accepted.best_match(known.gives):
        gives = " or ".join(known.gives)
        raise errors.NotAcceptableError(f"Accept must be {gives}; got {asked.headers['Accept']}")


def _undeclared(asked: Request) -> str | None:
    """Return the warnings of keys that nothing reads, where a route has none of its own to give.

    Source: that the platform takes unknown keys without a word is assumed.
    """
    if SENT not in asked.environ:
        return None
    known = operation_of(current_app.view_functions[asked.endpoint]) if asked.endpoint else None
    if known is None or HEADER in known.headers:
        return None
    found = undeclared_keys(asked.environ[SENT], known.takes[JSON])
    return ConfigWarnings.of(unread(path, near) for path, near in found).header()


def _own_words(error: Exception) -> str | None:
    """Say that a request reached no route; None leaves an error's own words."""
    if not isinstance(error, NotFound):
        return None
    missing = str(errors.NotFoundError("resource", request.path, named="path"))
    return missing if request.path.startswith(f"{BASE_PATH}/") else f"{missing}; {_WHERE_THINGS_ARE}"
