"""``/_local/hosts``: the vendors' hosts, and which service of the stack stands for each."""

from flask import Blueprint
from msgspec import Struct

from elements_local.kit.api.operations import Answer, operation
from elements_local.platform.call import OpenCall
from elements_local.platform.elements.hosts import PLATFORM_HOSTS, played_hosts

bp = Blueprint("hosts", __name__, url_prefix="/_local/hosts")


class PlayedHost(Struct, frozen=True, kw_only=True):
    """A vendor's host.

    Attributes:
        host: ``*`` stands for one label.
        url: the origin of the service that answers its calls.
    """

    host: str
    url: str


class PlayedHosts(Struct, frozen=True, kw_only=True):
    """All of them."""

    hosts: list[PlayedHost]


@bp.get("")
@operation(problems=(403,))
def index(call: OpenCall) -> Answer[PlayedHosts]:
    """List the vendors' hosts that the stack stands for: those of the platform, and of every connector's vendor."""
    connectors = [call.catalogue.connector(element.key) for element in call.catalogue.elements]
    played = {
        **dict.fromkeys(PLATFORM_HOSTS, call.settings.url),
        **played_hosts(connectors, crm_url=call.settings.crm_url, fakes=call.platform.fakes),
    }
    return Answer(PlayedHosts(hosts=[PlayedHost(host=host, url=url) for host, url in played.items()]))
