"""Paths and headers that several subjects know."""

from urllib.parse import quote, unquote, urlsplit

from elements_local.kit.caching import bounded_cache

BASE_PATH = "/elements/api-v2"
INSTANCE_HEADER = "Elements-Element-Instance-Id"
"""Says of an answer which instance the call went through."""

ID_ALIAS_HEADER = "Elements-Local-Id-Alias"
"""``false`` asks the hub for records without the alias ``id``: a callback's ``raw`` has what the provider has."""

POLL_HEADER = "Elements-Local-Poll"
"""Says of a call to the hub, and of what the hub asks the provider for it, whose poll it belongs to."""


CALLS_HEADER = "Elements-Local-Calls"
"""Tells a poll which calls the hub made to the provider for it."""


@bounded_cache(1024)  # of each poll
def poll_key(instance_id: int, resource: str) -> str:
    """Return what names the polls of an instance's resource in ``POLL_HEADER``.

    >>> poll_key(828177, "my contacts")
    '828177/my%20contacts'
    """
    return f"{instance_id}/{quote(resource, safe='')}"


def segments_below_hub(url: str) -> list[str]:
    """Return what a hub call's path names, with or without a hub before it.

    >>> segments_below_hub("/hubs/crm/accounts?where=ORGANISATION_NAME='Acme'"), segments_below_hub("/contacts/5/notes")
    (['accounts'], ['contacts', '5', 'notes'])
    """
    segments = [unquote(segment) for segment in urlsplit(url).path.split("/") if segment]
    return segments[2:] if segments[:1] == ["hubs"] else segments
