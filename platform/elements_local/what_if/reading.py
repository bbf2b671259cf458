"""Asks a platform what it has to say of a configuration."""

from collections.abc import Mapping
from typing import Any

from elements_local.clients import BASE_PATH, WorkspaceClients
from elements_local.errors import HarnessError
from elements_local.platform.configuration.poller_configuration import CONFIGURATION, URLS
from elements_local.recording.instances import readable
from elements_local.service_client import query_of
from elements_local.what_if.configured import Configured
from elements_local.what_if.finding_scenario import Linted


class NoSuchInstanceError(HarnessError):
    """It is not clear which instance is meant."""


def of_body(clients: WorkspaceClients, body: Mapping[str, Any], *, lag_s: int | None) -> Linted:
    """Return what is found in the body of an instance that is not made."""
    found = clients.platform.call_object("POST", f"/_local/lint{query_of({'indexLag': lag_s})}", json=body)
    return _linted(configured_body(body), found, lag_s or 0)


def configured_body(body: Mapping[str, Any]) -> Configured:
    """Return the configuration in a body."""
    configuration = body.get("configuration")
    return Configured(configuration=_readable(configuration if isinstance(configuration, dict) else {}))


def of_instance(clients: WorkspaceClients, instance_id: int | None, *, lag_s: int | None) -> Linted:
    """Return what is found in an instance.

    Args:
        instance_id: None for the only one that there is.
        lag_s: how far the CRM's search lags; None for what its faults say.

    Raises:
        NoSuchInstanceError: there are none, or several.
    """
    platform = clients.platform
    number = _only_instance(clients) if instance_id is None else instance_id
    lag = _lag_of(clients) if lag_s is None else lag_s
    query = query_of({"instanceId": number, "indexLag": lag})
    return _linted(
        configured_instance(clients, number), platform.call_object("GET", f"/_local/lint{query}"), lag
    )


def configured_instance(clients: WorkspaceClients, instance_id: int | None) -> Configured:
    """Return the configuration of an instance, with the objects that it maps.

    Args:
        instance_id: None for the only one that there is.

    Raises:
        NoSuchInstanceError: there are none, or several.
    """
    platform = clients.platform
    number = _only_instance(clients) if instance_id is None else instance_id
    instance = platform.call_object("GET", f"{BASE_PATH}/instances/{number}")
    mapped = {
        name: (
            platform.call_object("GET", f"{BASE_PATH}/instances/{number}/objects/{name}/definitions"),
            platform.call_object("GET", f"{BASE_PATH}/instances/{number}/transformations/{name}"),
        )
        for name in (each["objectName"] for each in instance.get("transformationData") or [])
    }
    return Configured(configuration=_readable(instance["configuration"]), mapped=mapped)


def _readable(configuration: Mapping[str, Any]) -> Mapping[str, Any]:
    poller = readable(CONFIGURATION, configuration.get(CONFIGURATION))
    return {**configuration, CONFIGURATION: poller} if isinstance(poller, dict) else configuration


def _linted(configured: Configured, found: Mapping[str, Any], lag_s: int) -> Linted:
    return Linted(
        configuration={
            **configured.configuration,
            CONFIGURATION: found["blocks"],
            **_without_lines(configured),
        },
        mapped=configured.mapped,
        findings=found["findings"],
        more=found["more"],
        lag_s=lag_s,
    )


def _without_lines(configured: Configured) -> Mapping[str, None]:
    """Return what takes lines out of a configuration that has their blocks; names that choose among blocks stay."""
    return {URLS: None} if "/" in str(configured.configuration.get(URLS) or "") else {}


def _only_instance(clients: WorkspaceClients) -> int:
    instances = clients.platform.call("GET", "/_local/pollers")["pollers"]
    if len(instances) != 1:
        named = ", ".join(str(each["instanceId"]) for each in instances)
        raise NoSuchInstanceError(
            f"name one with --instance; there are {named}" if named else "there is no instance to look at"
        )
    number: int = instances[0]["instanceId"]
    return number


def _lag_of(clients: WorkspaceClients) -> int:
    """Return how far the CRM's search lags by its scripted faults."""
    if not clients.crm.url:
        return 0
    rules = clients.crm.call("GET", "/_local/faults")["faults"]
    effects = [each["effect"] for each in rules]
    lags = (each.get("index_lag_s", 0) + each.get("index_lag_within_s", 0) for each in effects)
    return int(max(lags, default=0))


def rules(clients: WorkspaceClients) -> list[dict[str, Any]]:
    """Return all rules, as the platform describes them."""
    every: list[dict[str, Any]] = clients.platform.call("GET", "/_local/lint/rules")["rules"]
    return every
