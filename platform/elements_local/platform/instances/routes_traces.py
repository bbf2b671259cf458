"""``/elements/{keyOrId}/trace/{traceId}``: what went to the provider while an instance was made or changed."""

from flask import Blueprint, Response, after_this_request

from elements_local.kit.api.operations import Answer, operation
from elements_local.kit.web.wire import Http
from elements_local.platform.call import Call
from elements_local.platform.core import identities
from elements_local.platform.errors import NotFoundError
from elements_local.platform.instances.call import ElementCall
from elements_local.platform.instances.requests import InstanceRequest
from elements_local.platform.provider.provider_trace import Trace, TraceJson, to_json
from elements_local.platform.provider.service import Tracing
from elements_local.platform.provider.store_traces import Traces

bp = Blueprint("traces", __name__, url_prefix="/elements/<key_or_id>/trace")

TRACE_HEADERS = {"Elements-Trace-Id": "where providerData.debug asks for it: what to read the trace by"}


@bp.get("/<trace_id>")
@operation(problems=(404,))
def get(call: ElementCall, trace_id: str) -> Answer[TraceJson]:
    """Show a trace."""
    with call.read() as tx:
        trace = Traces(tx).get(trace_id)
    if trace is None or trace.element_key != call.element.key:
        raise NotFoundError("trace", trace_id)
    return Answer(to_json(trace))


def wire_to_vendor(call: Call, element_key: str, sent: InstanceRequest) -> Http:
    """Return the wire to the vendor, traced if the body asks for that; the answer then names the trace, whatever becomes of it."""
    if sent.provider_data is None or not sent.provider_data.is_traced:
        return call.wire
    tracing = Tracing(http=call.platform.inside)

    @after_this_request
    def name_trace(response: Response) -> Response:
        response.headers["Elements-Trace-Id"] = _kept(call, element_key, tracing).id
        return response

    return tracing


def _kept(call: Call, element_key: str, tracing: Tracing) -> Trace:
    def made(number: int) -> Trace:
        return Trace(
            id=identities.trace_id(call.workspace, number),
            element_key=element_key,
            at=call.now,
            exchanges=tuple(tracing.exchanges),
        )

    with call.transaction() as tx:
        return Traces(tx).add(made)
