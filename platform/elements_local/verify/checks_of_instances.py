"""Checks of instances: how they are made, listed and changed, and what is not there."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from elements_local.verify.check import CONTACTS, form
from elements_local.verify.own_data import PAGE, instances
from elements_local.verify.visit import NotSeenError, Visit
from mock_kit.api.json_text import decode

_MASK = "********"
_NOBODY = 1
_MOST_PAGES = 5


def creation(visit: Visit) -> Any:
    """An instance is made: keys of the answer, types of the configuration's values, what is masked."""
    made = visit.instance
    configuration = made["configuration"]
    chosen = ("username", "password", "event.notification.enabled", "event.poller.refresh_interval")
    return {
        "keys": sorted(made),
        "configuration": {key: form(configuration.get(key)) for key in chosen},
        "unset": form(configuration.get("event.notification.basic.username")),
        "password": configuration.get("password") == _MASK,
        "signature key": configuration.get("event.notification.signature.key") == _MASK,
    }


def missing_keys(visit: Visit) -> Any:
    """Required keys are missing at creation: the status, and which of them the message names."""
    reply = visit.send(
        "POST", "/instances", json={"element": {"key": "insightly"}, "configuration": {}, "name": "x"}
    )
    if reply.ok:
        visit.made.instances.append(dict(decode(reply.body))["id"])  # type: ignore[arg-type]
    text = reply.body.decode("utf-8", "replace")
    return {"status": reply.status, "names": [key for key in ("username", "password") if key in text]}


def order_of_instances(visit: Visit) -> Any:
    """Two instances in the list: the later one first, or last."""
    second = visit.second
    pair = {visit.instance["id"], second["id"]}
    listed = [each["id"] for each in _instances(visit) if each["id"] in pair]
    if len(listed) != len(pair):
        raise NotSeenError(f"the instances are not among the first {_MOST_PAGES} pages")
    return {"later first": listed[0] == second["id"]}


def name_and_tags_alone(visit: Visit) -> Any:
    """A PUT with name and tags alone: the status, and whether credentials stay."""
    instance = visit.second
    body = {"name": instance["name"], "tags": [*instance["tags"], "and another"]}
    reply = visit.send("PUT", f"/instances/{instance['id']}", json=body)
    return {"status": reply.status, "credentials": visit.status("GET", CONTACTS, token=instance["token"])}


def mask_sent_back(visit: Visit) -> Any:
    """A masked password is sent back: the status, and whether the stored one goes on working."""
    instance = visit.second
    body = {"configuration": {"password": _MASK}}
    status = visit.status("PATCH", f"/instances/{instance['id']}", json=body)
    return {"status": status, "credentials": visit.status("GET", CONTACTS, token=instance["token"])}


def unknown_key(visit: Visit) -> Any:
    """A configuration key that the element does not have: the status, and whether it is shown afterwards."""
    path = f"/instances/{visit.second['id']}"
    reply = visit.send("PATCH", path, json={"configuration": {"elements-local.verify": "1"}})
    shown = visit.tenant.platform.call_object("GET", path)["configuration"]
    return {"status": reply.status, "shown": "elements-local.verify" in shown}


def unhydrated(visit: Visit) -> Any:
    """hydrate=false: which of our instance's keys are in the list."""
    for each in _instances(visit, "&hydrate=false"):
        if each["id"] == visit.instance["id"]:
            return {"token": "token" in each, "configuration": bool(each.get("configuration"))}
    raise NotSeenError(f"the instance is not among the first {_MOST_PAGES} pages")


def foreign_instance(visit: Visit) -> Any:
    """An instance that is not ours to see: the status."""
    return {"status": visit.status("GET", f"/instances/{_NOBODY}")}


def foreign_token(visit: Visit) -> Any:
    """A token that is nobody's: the status."""
    return {"status": visit.status("GET", CONTACTS, token="bm9ib2R5J3MgdG9rZW4sIHVudGlsIHRoZXJlIGlzIG8=")}  # noqa: S106 - nobody's


def missing_event(visit: Visit) -> Any:
    """An event that is not there: the status."""
    return {"status": visit.status("GET", f"/instances/{visit.instance['id']}/events/{'0' * 20}")}


def analytics(visit: Visit) -> Any:
    """Analytics of events without a parameter: the status, and the kind of answer."""
    reply = visit.send("GET", "/instances/events/analytics")
    return {"status": reply.status, "list": reply.ok and isinstance(decode(reply.body), list)}


def no_transformations(visit: Visit) -> Any:
    """Transformations are deleted where there are none: the status."""
    return {"status": visit.status("DELETE", f"/instances/{visit.instance['id']}/transformations")}


def _instances(visit: Visit, query: str = "") -> Iterator[dict[str, Any]]:
    """Return the first pages of the list of instances."""
    return islice(instances(visit.tenant.platform, query), _MOST_PAGES * PAGE)
