"""Calls of what the vendor's platform has and this one does not imitate: paths, and headers that put a call off."""

from flask import request

from elements_local.kit.web.service_flask import present_request
from elements_local.platform.call import Call, OpenCall
from elements_local.platform.core.not_imitated import not_imitated
from elements_local.platform.core.paths import BASE_PATH, routed_path
from elements_local.platform.errors import NothingFoundError, UnsupportedCallError
from elements_local.platform.hub.routing import SHARED
from elements_local.platform.instances.call import HubCall, TokenCall


def refuse_what_is_not_imitated() -> None:
    """Refuse a call of the table of paths, unless a route of ours or a resource of the element has its path.

    Raises:
        InvalidCredentialsError: it is a stranger's.
        NothingFoundError: it asks for a list of which the vendor's answer is known where it is empty.
        UnsupportedCallError: it is any other.
    """
    asked = present_request()
    if not asked.path.startswith(f"{BASE_PATH}/") or asked.method == "OPTIONS":
        return
    routed = routed_path(asked)
    is_hubs = routed != asked.path and routed.startswith(f"{BASE_PATH}/hubs/")
    place = _segments(asked.path if is_hubs else routed)
    found = not_imitated(asked.method, place)
    if found is None or (is_hubs and place[0] in SHARED):
        return
    if not is_hubs and asked.url_rule is not None and not found.stands_before(_segments(asked.url_rule.rule)):
        return
    if OpenCall.of_request({}).caller.sent.element is None:
        Call.of_request({})
    elif _names_a_resource(TokenCall.of_request({}), place[0]) and is_hubs:
        return
    if found.lists is not None and found.is_empty_list(asked.method, place):
        raise NothingFoundError(found.lists)
    raise UnsupportedCallError(f"{asked.method} {asked.path}")


def _names_a_resource(call: TokenCall, word: str) -> bool:
    """Say whether a word names a resource of the instance's element, or is what the customer calls one."""
    return word in call.element.id_fields or call.instance.objects.transformation_in_force(word) is not None


def _segments(path: str) -> list[str]:
    return path.removeprefix(BASE_PATH).strip("/").split("/")


ASYNC = "Elements-Async-Request"
SCHEDULE = "Elements-Schedule-Request"


def refuse_deferred_calls() -> None:
    """Refuse a call that asks to be done later; a stranger's is 401 as without the headers.

    Raises:
        UnsupportedCallError: it has one of the headers.
    """
    headers = request.headers
    if SCHEDULE in headers:
        asked = SCHEDULE
    elif headers.get(ASYNC, "").strip().lower() == "true":
        asked = ASYNC
    else:
        return
    HubCall.of_request({})
    raise UnsupportedCallError(f"the header {asked}")
