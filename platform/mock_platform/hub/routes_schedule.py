"""Hub calls with ``Elements-Schedule-Request``: answered at once with a job that makes them by the calendar."""

from flask import Response, request

from mock_kit.admin.routes import json_answer
from mock_kit.web.compatible_flask import present_request
from mock_platform.core.dependencies import dependencies
from mock_platform.dates import cron
from mock_platform.hub import async_call, scheduled_call
from mock_platform.hub.routes_async import kept_headers, target
from mock_platform.hub.scheduled_call import REQUEST, ScheduledCall
from mock_platform.hub.service_scheduled import job_of
from mock_platform.hub.store_scheduled import ScheduledCalls
from mock_platform.instances.calling import enabled_caller


def schedule_if_asked() -> Response | None:
    """Make a job of a call that asks for it, and let it wait for its time; None lets it go on.

    It goes before ``Elements-Async-Request``, which says nothing more here (assumed).

    Raises:
        InvalidCredentialsError: it is a stranger's, or its token is nobody's.
        InstanceDisabledError: its instance is switched off.
        InvalidRequestError: it says no time to come, or nobody could be told of its results (assumed: 400).
    """
    if REQUEST not in present_request().headers:
        return None
    caller = enabled_caller()
    workspace, instance = caller.workspace, caller.instance
    now = workspace.clock.now()
    expression = cron.read(request.headers[REQUEST], named=REQUEST)
    due = cron.first(expression, now, named=REQUEST)
    url = async_call.receiver(request.headers.get(async_call.URL), instance.configuration)

    def make(number: int) -> ScheduledCall:
        return ScheduledCall(
            number=number,
            instance_id=instance.id,
            method=request.method,
            target=target(),
            headers=kept_headers(),
            body=request.get_data(),
            url=url,
            cron=expression.text,
            created=now,
        )

    call = dependencies().store[ScheduledCalls].add(workspace.name, make, due=due)
    dependencies().engine.wake()
    return json_answer(scheduled_call.to_json(job_of(workspace, call, instance, due)), 200)
