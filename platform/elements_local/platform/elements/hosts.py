"""The hosts of the platform's vendor and of the CRMs' vendors, for which the services of a stack stand.

Source: the platform's hosts, of production, staging and snapshot, of SAP's regions, and of Sugar (documented).
"""

import re
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from elements_local.platform.elements.connector import Connector

PLATFORM_HOSTS = (
    "api.cloud-elements.com",
    "staging.cloud-elements.com",
    "snapshot.cloud-elements.com",
    "console.cloud-elements.com",
    "api.openconnectors.*.ext.hana.ondemand.com",
    "api-us.integrate.sugarapps.com",
)
HOST = re.compile(r"(?:\*|[\w-]+)(?:\.(?:\*|[\w-]+))*", re.ASCII)
"""How a host is written; ``*`` stands for one label."""


def host_pattern(hosts: Iterable[str]) -> re.Pattern[str]:
    """Return what matches one of some hosts, in any case; ``*`` stands for one label.

    >>> bool(host_pattern(["api.*.insightly.com"]).fullmatch("api.NA1.insightly.com"))
    True
    >>> bool(host_pattern(["api.*.insightly.com"]).fullmatch("api.a.b.insightly.com"))
    False
    """
    return re.compile("|".join(re.escape(each).replace(r"\*", "[^.]+") for each in hosts), re.IGNORECASE)


def played_hosts(
    connectors: Iterable[Connector], *, crm_url: str, fakes: Mapping[str, str]
) -> dict[str, str]:
    """Return where the vendors' hosts are played.

    Args:
        crm_url: where the CRM of a connector without a fake is.
        fakes: element -> where its vendor is played.

    Returns:
        host, with ``*`` for one label -> origin.
    """
    played: dict[str, str] = {}
    for connector in connectors:
        fake = connector.fake
        if fake is None:
            # one from outside the package may have none
            played |= dict.fromkeys(getattr(connector, "hosts", ()), crm_url)
        elif connector.element.key in fakes:
            hosts = (urlsplit(fake.origin).hostname or "", *fake.hosts)
            played |= dict.fromkeys(hosts, fakes[connector.element.key])
    return played
