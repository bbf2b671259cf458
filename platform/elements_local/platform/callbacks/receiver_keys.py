"""Tells the bundled sink which key the callbacks to it are signed with, so that it can check them by itself.

The vendor has nothing of the kind: there, the operator of a receiver types the key in twice.
"""

import logging
from collections.abc import Mapping
from urllib.parse import urlsplit

from elements_local.kit.api.json_text import encode
from elements_local.kit.http_message import Http, Reply
from elements_local.platform.configuration import instance_configuration as configuration
from elements_local.platform.core.instance import Instance

_log = logging.getLogger(__name__)


def register_keys(http: Http, sink_url: str, instance: Instance, *, admin_headers: Mapping[str, str]) -> None:
    """Tell the sink an instance's key, if its callbacks go there and are signed."""
    key = instance.configuration.get(configuration.SIGNATURE_KEY)
    bin_name = _bin(instance.configuration.get(configuration.CALLBACK_URL) or "", sink_url)
    if not key or bin_name is None:
        return
    reply = http.send(
        "POST",
        f"{sink_url}/_local/signature-keys",
        headers={**admin_headers, "Content-Type": "application/json"},
        body=encode({"bin": bin_name, "key": key}),
    )
    # no reason to refuse the instance: callbacks are signed all the same, only the sink cannot say whether rightly
    if not isinstance(reply, Reply) or not reply.ok:
        _log.warning("the sink has no signature key", extra={"event": "sink_not_told", "answer": reply})


def _bin(callback_url: str, sink_url: str) -> str | None:
    """Return the sink's bin that a URL leads to; None if it leads elsewhere, or nowhere."""
    try:
        url = urlsplit(callback_url)
    except ValueError:  # half an IPv6 address
        return None
    if f"{url.scheme}://{url.netloc}" != sink_url:
        return None
    # the first segment of the path is the bin's name
    return url.path.strip("/").partition("/")[0]
