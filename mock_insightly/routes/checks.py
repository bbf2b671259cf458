"""What is refused before any view sees a call: who is nobody, what is to be XML, a method that a path does not take."""

from flask import Request, current_app, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import Map, Rule

from elements_local.kit.admin.routes import UnknownWorkspaceError
from elements_local.kit.workspaces.registry import Workspace
from mock_insightly.dependencies import dependencies
from mock_insightly.errors import (
    AuthorizationDeniedError,
    NoSuchResourceError,
    NoSuchRowError,
    XmlNotServedError,
)
from mock_insightly.middleware import CALLER
from mock_insightly.versions.known import VERSIONS, served
from mock_insightly.versions.shape import Methods, Shape, methods
from mock_insightly.versions.version import Version

_XML = frozenset({"application/xml", "text/xml"})


def check_request() -> None:
    """Refuse what no view shall see.

    Raises:
        CrmError, MethodNotAllowed: says why.
    """
    _authenticate(request)
    _speak_json(request)
    refuse_method(request)


def _authenticate(request: Request) -> None:
    """See whose workspace a call of the API is for, before anything else is looked at.

    Raises:
        AuthorizationDeniedError: the API key is nobody's.
    """
    environ = request.environ
    if CALLER in environ and environ[CALLER] is None:
        raise AuthorizationDeniedError


def _speak_json(request: Request) -> None:
    """Refuse a call that will have nothing but XML.

    Raises:
        XmlNotServedError: that is what its Accept header says.
    """
    if CALLER not in request.environ or "xml" not in request.environ.get("HTTP_ACCEPT", "").lower():
        return
    wanted = request.accept_mimetypes
    if not wanted.accept_json and _XML & {*wanted.values()}:
        raise XmlNotServedError(str(wanted))


def workspace_of(request: Request) -> Workspace:
    """Return the workspace an admin call means: that of its API key, the default one without.

    Raises:
        UnknownWorkspaceError: the key is nobody's.
    """
    authorization = request.headers.get("Authorization")
    if authorization is None:
        return dependencies().workspaces.default
    workspace = dependencies().with_key_in(authorization)
    if workspace is None:
        raise UnknownWorkspaceError("the Authorization header must be Basic with the API key of a workspace")
    return workspace


_MEMBERS = "members.index"
"""Its path is one of records to a method that it lacks."""

_GENERIC = frozenset(
    {
        "attached.show",
        "records.index",
        "records.show",
        "records.search",
        "records.search_by_tag",
        "lookups.named",
        _MEMBERS,
        "sub_resources.all_of_it",
        "sub_resources.one_of_it",
    }
)
_GET = methods("G")
_READING = ("GET", "HEAD")


def refuse_method(request: Request) -> None:
    """Refuse a call that no route takes, in the terms of the resource that it is about.

    Most paths belong to a few generic routes, so Flask cannot know which methods a resource takes: the tables do.

    Raises:
        MethodNotAllowed: the path takes others.
        NoSuchRowError: it takes this one, but what it names is nothing that there could be.

    Source: 405 for unsupported methods, probed live by insightly-mcp (observed second-hand); that an id which is no
        number is answered like one that nothing has is assumed.
    """
    refused = isinstance(request.routing_exception, MethodNotAllowed)
    if request.method in _READING and not refused:
        return
    version, *segments = request.path.strip("/").split("/")
    if version not in VERSIONS or not segments:
        return
    rule = _rule(current_app.url_map, request.path)
    if rule is None:
        return
    if rule.endpoint not in _GENERIC and request.method not in (known := _methods_of(rule)):
        raise MethodNotAllowed(valid_methods=known)
    if not refused and rule.endpoint != _MEMBERS:
        return
    taken = taken_at(dependencies().versions[version], segments, dependencies().settings.custom_object_names)
    if request.method not in taken:
        raise MethodNotAllowed(valid_methods=sorted(taken))
    if refused:
        raise NoSuchRowError(segments[0], segments[-1])


def taken_at(version: Version, segments: list[str], custom_objects: tuple[str, ...]) -> Methods:
    """Return the methods that a path of a generic route takes.

    Args:
        segments: those after the version, in lower case.

    Raises:
        CrmError: there is no such resource.
    """
    resource, *rest = segments
    if resource == "teammembers" and not rest:
        return version.on_members
    if resource in version.lookups:
        one = len(rest) == 1 and version.lookups[resource].key
        return _GET if not rest or one else frozenset()
    shape = served(version, resource, custom_objects)
    if len(rest) < 2:
        return _taken_by(version, shape, *rest)
    sub = version.below(resource, rest[1])
    if sub is None:
        raise NoSuchResourceError(rest[1], ())
    return sub.on_all if len(rest) == 2 else sub.on_member("/".join(rest[2:]))


def _taken_by(version: Version, shape: Shape, name: str = "") -> Methods:
    """Return the methods of a resource's path, or of one below."""
    match name:
        case "":
            return shape.on_all
        case "search":
            return _GET if shape.searched else frozenset()
        case "searchbytag":
            return _GET if shape.tagged else frozenset()
        case _:
            return shape.on_path if version.puts_by_id else shape.on_one


def _rule(routes: Map, path: str) -> Rule | None:
    """Return the most literal rule of a path, which has a GET like all of them; None if there is none."""
    try:
        rule, _ = routes.bind("").match(path, method="GET", return_rule=True)
    except HTTPException:
        return None
    return rule


def _methods_of(rule: Rule) -> list[str]:
    """Return what a path takes that has routes of its own."""
    rules = current_app.url_map.iter_rules()
    return sorted({method for one in rules if one.rule == rule.rule for method in one.methods or ()})
