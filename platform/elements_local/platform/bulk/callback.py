"""The receiver that a bulk job's own request names, which is told of its end beside the instance's.

Source: ``Elements-Async-Callback-Url`` (documented); that it is told in one attempt is assumed.
"""

from urllib.parse import urlsplit

from msgspec import Struct

from elements_local.kit.api.json_text import encode
from elements_local.kit.web.wire import Http, Reply, in_time
from elements_local.platform.bulk.job import BulkJob, to_json
from elements_local.platform.callbacks.headers import callback_headers
from elements_local.platform.core.instance import Values
from elements_local.platform.core.run_control import RunSummary
from elements_local.platform.core.settings import PlatformSettings
from elements_local.platform.errors import InvalidRequestError, shown

URL = "Elements-Async-Callback-Url"


def read_url(text: str) -> str:
    """Read the header.

    Raises:
        InvalidRequestError: it is no URL of http or https.
    """
    url = text.strip()
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        usable = False
    if not usable:
        raise InvalidRequestError(f"{URL} must be a URL of http or https; got {shown(url)}")
    return url


class BulkCallbacks(Struct, frozen=True, kw_only=True):
    """Tells the receivers that requests have named.

    Attributes:
        receivers: reaches them, as far as they may be reached.
    """

    receivers: Http
    settings: PlatformSettings

    def tell(self, url: str, job: BulkJob, values: Values, *, notification_id: int) -> RunSummary:
        """Tell a receiver of a job's end once, signed as the callbacks of its instance are.

        Args:
            values: the instance's configuration.
        """
        body = encode(to_json(job))
        headers = callback_headers(body, values, notification_id=notification_id)
        reply = self.receivers.send("POST", url, headers=headers, body=body)
        told = in_time(reply, self.settings.callback_timeout) if isinstance(reply, Reply) else reply
        return RunSummary(attempts=1, deliveries=int(isinstance(told, Reply) and told.ok))
