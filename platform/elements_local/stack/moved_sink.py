"""Instances of a stack that was started again whose callbacks still go where its sink was before."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from elements_local.clients import BASE_PATH
from elements_local.stack.stack import Stack
from mock_kit.web.outbound import is_loopback

_MOST = 100
"""Workspaces that are looked at: each costs a call when the stack starts."""


def moved_sinks(stack: Stack) -> Iterator[str]:
    """Yield a sentence for each instance that reports to its workspace's bin at another port of this machine."""
    if not (stack.addresses.platform and stack.addresses.sink):
        return
    for workspace in stack.workspaces()[:_MOST]:
        bin_url = workspace.callback_url
        for poller in stack.clients(workspace).platform.pollers():
            if _is_elsewhere(poller["callbackUrl"], bin_url):
                yield (
                    f"instance {poller['instanceId']} of workspace {workspace.name} sends its callbacks to "
                    f"{poller['callbackUrl']}, and the sink is at {bin_url} now: start with the ports of before, or "
                    f"PATCH {stack.addresses.platform}{BASE_PATH}/instances/{poller['instanceId']} with "
                    f'{{"configuration": {{"event.notification.callback.url": "{bin_url}"}}}}'
                )


def _is_elsewhere(url: str, bin_url: str) -> bool:
    """Say whether a callback URL is that of a bin but for the port."""
    try:
        given, own = urlsplit(url), urlsplit(bin_url)
        host, port = given.hostname or "", given.port
    except ValueError:  # it is none, and nothing is sent there
        return False
    below = f"{given.path}/".startswith(f"{own.path}/")
    return below and (host == "localhost" or is_loopback(host)) and port != own.port
