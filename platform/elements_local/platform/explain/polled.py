"""What a resource's polls are about: the vendor's collection, and what of it; and why there are none any more. Pure."""

from collections.abc import Sequence

from elements_local.platform.ceql import And, parse, to_text, with_fields
from elements_local.platform.core.instance import Instance
from elements_local.platform.core.objects import Objects
from elements_local.platform.core.paths import segments_below_hub
from elements_local.platform.core.poll import Poll
from elements_local.platform.elements.connector import Connector
from elements_local.platform.errors import InvalidRequestError, NotFoundError
from elements_local.platform.explain.case import AskedCondition
from elements_local.platform.explain.poller_causes import failed
from elements_local.platform.lint.poll_query import parameter_of
from elements_local.platform.transformations.name_mapping import names


def collection_of(url: str, objects: Objects, connector: Connector) -> str | None:
    """Return the vendor's collection that a poll's URL leads to, in lower case; None if it is none as a whole.

    >>> from elements_local.platform.elements.catalogue import shipped
    >>> (connector,) = shipped()
    >>> collection_of("/hubs/crm/accounts?where=ORGANISATION_NAME='Acme'", Objects(), connector)
    'organisations'
    >>> collection_of("/contacts/5/notes", Objects(), connector) is None
    True
    """
    name = resource_in(url)
    if name is None:
        return None
    try:
        return connector.collection(names(name, objects).resource).name
    except NotFoundError:
        return None


def resource_in(url: str) -> str | None:
    """Return the hub's resource that a poll's URL leads to; None if it leads below one.

    >>> resource_in("/hubs/crm/contacts?where=x='1'")
    'contacts'
    """
    below = segments_below_hub(url)
    return below[0] if len(below) == 1 else None


def conditions_of(url: str, objects: Objects, connector: Connector) -> list[AskedCondition]:
    """Return the conditions by which a poll's URL asks for records, as their connector reads them; none if it has none."""
    name, where = resource_in(url), parameter_of(url, "where")
    if name is None or not where:
        return []
    try:
        mapping, clause = names(name, objects), parse(where)
        parts = clause.clauses if isinstance(clause, And) else (clause,)
        return [
            AskedCondition(
                text=to_text(one),
                date=connector.date_condition(mapping.resource, with_fields(one, mapping.vendor_field)),
            )
            for one in parts
        ]
    except (InvalidRequestError, NotFoundError):  # such a poll fails, and says so
        return []


def silent(instance: Instance, polls: Sequence[Poll]) -> str:
    """Say why an instance that has events is polled no more; nothing if it is.

    Args:
        polls: the latest, oldest first.
    """
    if instance.polling_disabled:
        last = {poll.resource: poll for poll in polls}.values()
        if last and not any(poll.error for poll in last):
            return "the poller was paused by hand; enabling its job, or the instance, starts it again"
        errors = [f"; the last of {poll.resource} {failed(poll.error)}" for poll in polls if poll.error]
        return (
            f"the poller was switched off, as too many polls in a row had failed{errors[-1] if errors else ''}; "
            "enabling the instance starts it again"
        )
    return "the instance is disabled" if instance.disabled else ""
