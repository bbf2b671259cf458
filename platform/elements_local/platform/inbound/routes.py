"""``/events/{elementKey}``: what providers and pollers send. They have no credentials, so that anybody may call."""

from collections.abc import Mapping

from flask import Blueprint, request

from elements_local.kit.api.json_text import DEEPEST, MalformedJsonError, decode, is_deeper_than
from elements_local.kit.api.operations import Answer, operation
from elements_local.platform.call import OpenCall
from elements_local.platform.inbound import inbound
from elements_local.platform.inbound.inbound import POLLER_SUFFIX
from elements_local.platform.inbound.service import hand_off, keep, targets

bp = Blueprint("inbound", __name__, url_prefix="/events")

_TAKES = {"application/json": object | None, "application/x-www-form-urlencoded": None, "text/plain": None}


@bp.post("/<element_key>")
@operation(takes=_TAKES, problems=(404,))
def receive(call: OpenCall, element_key: str) -> Answer[None]:
    """Take in what a provider sends, for the instances that the ``Element-Instances`` header names (observed).

    What fits no instance is dropped, and answered 200 too; an unknown key is 404 (both assumed).
    """
    return _take_in(call, element_key, inbound.instance_ids(request.headers.get("Element-Instances", "")))


@bp.get("/<element_key>")
@operation(problems=(404,))
def ping(call: OpenCall, element_key: str) -> Answer[None]:
    """Answer a provider's ping, or take in what stands in its query (observed)."""
    return _take_in(call, element_key, inbound.instance_ids(request.headers.get("Element-Instances", "")))


@bp.post("/<element_key>/<encoded_id>")
@operation(takes=_TAKES, problems=(404,))
def receive_for_instance(call: OpenCall, element_key: str, encoded_id: str) -> Answer[None]:
    """Take in what a provider, or a poller, sends for the instance whose id stands in the path, plain or in base64 (documented).

    Below ``/events/{elementKey}Polling`` it is a poller's own find: ``{instance_id, objectType, <objectType>:
    [records], events?}``, which becomes an event and a callback as if it had been polled just now.
    """
    named = inbound.instance_id(encoded_id)
    return _take_in(call, element_key, [] if named is None else [named])


@bp.get("/<element_key>/<encoded_id>")
@operation(problems=(404,))
def ping_for_instance(call: OpenCall, element_key: str, encoded_id: str) -> Answer[None]:
    """Answer a provider's ping, or take in its query, for the instance whose id stands in the path."""
    named = inbound.instance_id(encoded_id)
    return _take_in(call, element_key, [] if named is None else [named])


def _take_in(call: OpenCall, element_key: str, instance_ids: list[int]) -> Answer[None]:
    element = call.catalogue.element(element_key.removesuffix(POLLER_SUFFIX))
    body = _body()
    polled = element_key.endswith(POLLER_SUFFIX) and request.method == "POST"
    handed = inbound.read_hand_off(body) if polled else None
    payload = inbound.payload(body, _fields())
    if polled and not instance_ids:
        instance_ids = inbound.instance_ids(request.headers.get("Id", ""))
    if payload:
        platform, of = call.platform, call.caller.known
        for target in list(targets(platform.database, platform.workspaces, element, instance_ids, of=of)):
            if handed is not None:
                hand_off(platform, target, handed, element)
            else:
                keep(platform, target, payload, element)
        platform.engine.wake()
    return Answer(None)


def _body() -> object:
    """Return the body: JSON, else text; None if there is none, or a form.

    Raises:
        MalformedJsonError: it is said to be JSON and is none, or is nested too deeply.
    """
    if request.mimetype in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        return None
    raw = request.get_data(cache=False)
    if not raw.strip():
        return None
    if request.mimetype and not request.is_json:
        return raw.decode("utf-8", "replace")
    value = decode(raw)
    if is_deeper_than(value, DEEPEST):
        raise MalformedJsonError(f"nested deeper than {DEEPEST} levels")
    return value


def _fields() -> Mapping[str, object]:
    """Return the fields of a form, else of the query; of one that comes several times, all."""
    sent = request.form or request.args
    return {name: values[0] if len(values) == 1 else values for name, values in sent.lists()}
