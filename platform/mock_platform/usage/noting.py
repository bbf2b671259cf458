"""Notes every call of the platform that somebody known makes, but for looking at usage itself."""

from contextlib import suppress
from datetime import datetime, timedelta

from flask import Flask, Request, Response

from mock_kit.admin.calls import caller_of
from mock_kit.web.compatible_flask import present_request
from mock_platform.accounts.callers import Caller, Callers
from mock_platform.accounts.calling import authorization
from mock_platform.core.dependencies import EXTENSION, PlatformDependencies
from mock_platform.core.paths import BASE_PATH
from mock_platform.errors import InvalidCredentialsError
from mock_platform.instances.calling import called_instance
from mock_platform.usage.record import UsageRecord
from mock_platform.usage.store import UsageStore

_BEGUN = "mock_platform.usage_begun"
_LONGEST_URI = 2000
_MILLISECOND = timedelta(milliseconds=1)


def note_usage(app: Flask) -> None:
    """Let an application note its calls."""
    dependencies: PlatformDependencies = app.extensions[EXTENSION]

    def begin() -> None:
        asked = present_request()
        if asked.path.startswith(f"{BASE_PATH}/"):
            with suppress(InvalidCredentialsError):
                caller = dependencies.services[Callers].of(authorization())
                asked.environ[_BEGUN] = caller, caller.workspace.clock.now()

    def end(response: Response) -> Response:
        asked = present_request()
        begun: tuple[Caller, datetime] | None = asked.environ.get(_BEGUN)
        path = asked.path.removeprefix(BASE_PATH)
        if begun is not None and path != "/usage" and not path.startswith("/usage/"):
            dependencies.store[UsageStore].note(_call(*begun, asked, path, response))
            # the platform keeps what came of its own calls, these with it
            if caller_of(asked.environ) is None:
                dependencies.store[UsageStore].keep_unless_busy()
        return response

    app.before_request(begin)
    app.after_request(end)


def _call(caller: Caller, began: datetime, asked: Request, path: str, response: Response) -> UsageRecord:
    instance = called_instance()
    return UsageRecord(
        workspace=caller.workspace.name,
        at=began,
        user_id=caller.user_id,
        method=asked.method,
        uri=asked.full_path.rstrip("?")[:_LONGEST_URI],
        path=path[:_LONGEST_URI],
        status=response.status_code,
        ip=asked.remote_addr or "",
        request_id=response.headers["Elements-Request-Id"],
        instance_id=None if instance is None else instance.id,
        element_key=None if instance is None else instance.element_key,
        process_ms=max((caller.workspace.clock.now() - began) // _MILLISECOND, 0),
    )
