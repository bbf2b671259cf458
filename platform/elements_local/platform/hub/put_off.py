"""Headers of hub calls by which the vendor does them later, which is not imitated."""

from flask import request

from elements_local.platform.errors import UnsupportedCallError
from elements_local.platform.instances.call import HubCall

ASYNC = "Elements-Async-Request"
SCHEDULE = "Elements-Schedule-Request"


def refuse_put_off() -> None:
    """Refuse a call that asks to be done later; a stranger's is 401 as without the headers.

    Raises:
        UnsupportedCallError: it has one of the headers.
    """
    headers = request.headers
    if SCHEDULE in headers:
        asked = SCHEDULE
    elif headers.get(ASYNC, "").strip().lower() == "true":
        asked = ASYNC
    else:
        return
    HubCall.of_request({})
    raise UnsupportedCallError(f"the header {asked}")
