"""A receiver of one's own in the place of the sink's answers: an application of this process, or a URL.

The sink stays in front of it: it records every callback with what the receiver answered, and answers in its place
only with scripted answers.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator, MutableMapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from importlib.util import find_spec
from inspect import Parameter, isbuiltin, iscoroutinefunction, signature
from threading import Thread
from typing import TYPE_CHECKING, Any, cast

from elements_local.clients.errors import OptionError
from elements_local.kit.web.serving import Server, listen, url_of
from elements_local.stack.importing import NotImportedError, imported, made_by

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

ORIGIN = "http://127.0.0.1:4703"
"""Where an application is found by a stack of the same process; nothing listens there."""

_FORMS = (
    "myapp.hooks:app, myapp.hooks:app/path/of/callbacks, or a URL such as http://127.0.0.1:8000/callbacks"
)
_PATIENCE_S = 30
"""How long an answer waits for what an ASGI application goes on doing after it."""

_log = logging.getLogger(__name__)

_Message = MutableMapping[str, Any]
_Receive = Callable[[], Awaitable[_Message]]
_Send = Callable[[_Message], Awaitable[None]]
AsgiApplication = Callable[[_Message, _Receive, _Send], Awaitable[None]]


class ReceiverError(OptionError):
    """A receiver cannot be used; says what came, what was expected, and what to do."""


@dataclass(frozen=True, kw_only=True)
class Receiver:
    """An application of this process that takes callbacks, as the fixture ``elements_receiver`` may return it.

    Attributes:
        app: WSGI or ASGI.
        path: where it takes them, with a query if it needs one.

    Example:
        >>> from flask import Flask
        >>> Receiver(app=Flask("mine"), path="/callbacks").path
        '/callbacks'
    """

    app: "WSGIApplication | AsgiApplication"
    path: str = "/"


def receiver_of(given: object) -> Receiver | str:
    """Return a receiver, or the URL of one, from what a user gives: an application, a ``Receiver``, or a text.

    Raises:
        ReceiverError: it is none of them, what the text names cannot be imported, or what adapts an ASGI
            application is not installed.
    """
    if isinstance(given, Receiver):
        app = _application(given.app, "the receiver's app")
        return given if app is given.app else replace(given, app=app)
    if not isinstance(given, str):
        return Receiver(app=_application(given, "the receiver"))
    if given.startswith(("http://", "https://")):
        return given
    module, colon, rest = given.partition(":")
    attribute, slash, path = rest.partition("/")
    if not (module and colon and attribute):
        raise ReceiverError(f"expected a receiver such as {_FORMS}; got {given!r}")
    try:
        found = imported(module, attribute, whose="the receiver's")
        return Receiver(app=_application(found, given), path=slash + path or "/")
    except NotImportedError as error:
        raise ReceiverError(str(error)) from error


@contextmanager
def reachable(
    receiver: Receiver | str, *, inside: "MutableMapping[str, WSGIApplication] | None"
) -> Iterator[str]:
    """Make a receiver reachable for a while, and give its URL.

    Args:
        inside: the applications that a stack of this process finds; None serves the receiver on a port.
    """
    if isinstance(receiver, str):
        yield receiver
        return
    with as_wsgi(receiver.app) as app, _inside(app, inside) if inside is not None else _served(app) as origin:
        yield origin + receiver.path


@contextmanager
def as_wsgi(app: "WSGIApplication | AsgiApplication") -> Iterator["WSGIApplication"]:
    """Give an application as WSGI; an ASGI one runs in a thread of its own until the end. Its lifespan is not run."""
    if not _is_asgi(app):
        yield _failing(cast("WSGIApplication", app))
        return
    from a2wsgi import ASGIMiddleware  # noqa: PLC0415 - optional

    with _loop() as loop:
        adapted = ASGIMiddleware(
            cast("Any", _answering(cast("AsgiApplication", app))), wait_time=_PATIENCE_S, loop=loop
        )
        yield cast("WSGIApplication", adapted)


def _application(given: object, named: str) -> "WSGIApplication | AsgiApplication":
    """Return an application; a function without parameters is a factory, and makes one."""
    if isbuiltin(given) or not callable(given):
        raise ReceiverError(f"expected a WSGI or ASGI application, or what makes one; {named} is {given!r}")
    if _is_asgi(given) and find_spec("a2wsgi") is None:
        raise ReceiverError(f"an ASGI application, as {named} is, needs a2wsgi: pip install a2wsgi")
    if isinstance(given, type) or _is_asgi(given) or _needs_arguments(given):
        return cast("WSGIApplication | AsgiApplication", given)
    return _application(made_by(given, named), f"what {named} made")


def _needs_arguments(given: Callable[..., object]) -> bool:
    """Say whether a callable cannot be called without arguments."""
    try:
        parameters = signature(given).parameters.values()
    except (ValueError, TypeError):  # of some builtins nothing is known
        return True
    kinds = {Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD, Parameter.VAR_POSITIONAL}
    return any(parameter.kind in kinds and parameter.default is Parameter.empty for parameter in parameters)


def _is_asgi(app: Any) -> bool:
    return iscoroutinefunction(app) or iscoroutinefunction(type(app).__call__)


@contextmanager
def _inside(app: "WSGIApplication", applications: "MutableMapping[str, WSGIApplication]") -> Iterator[str]:
    applications[ORIGIN] = app
    try:
        yield ORIGIN
    finally:
        del applications[ORIGIN]


@contextmanager
def _served(app: "WSGIApplication") -> Iterator[str]:
    listener = listen("127.0.0.1", 0)
    with closing(Server(app, listener)):
        yield url_of(listener)


@contextmanager
def _loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever, name="an ASGI receiver", daemon=True)
    thread.start()
    try:
        yield loop
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(_PATIENCE_S)
        loop.close()


class ReceiverExitedError(Exception):
    """A receiver called ``sys.exit``, which must not end the stack's process, and fails like any other error."""


def _failing(app: "WSGIApplication") -> "WSGIApplication":
    """Let ``SystemExit`` fail an answer, in the call of an application or in what it goes on to give."""

    def answer(environ: Any, start_response: Any) -> Iterable[bytes]:
        with _exit_failing():
            chunks = app(environ, start_response)
        return chunks if isinstance(chunks, list) else given(chunks)

    def given(chunks: Iterable[bytes]) -> Iterator[bytes]:
        try:
            with _exit_failing():
                yield from chunks
        finally:
            close = getattr(chunks, "close", None)
            if close is not None:
                close()

    return answer


@contextmanager
def _exit_failing() -> Iterator[None]:
    try:
        yield
    except SystemExit as error:
        raise ReceiverExitedError(f"the receiver called sys.exit({error.code!r})") from error


def _answering(app: AsgiApplication) -> AsgiApplication:
    """Let an answer go out when it is whole, and answer 500 where none is at the end, so that nobody waits for ever."""

    async def answered(scope: _Message, receive: _Receive, send: _Send) -> None:
        messages: list[_Message] = []
        is_sent = False

        async def keep(message: _Message) -> None:
            nonlocal is_sent
            messages.append(message)
            if message["type"] == "http.response.body" and not message.get("more_body", False):
                for kept in messages:
                    await send(kept)
                is_sent = True

        try:
            await app(scope, receive, keep)
        except (Exception, SystemExit):  # noqa: BLE001 - logged, and answered as a server does
            _log.exception("the receiver failed", extra={"event": "receiver_failed"})
        if not is_sent:
            await send({"type": "http.response.start", "status": 500, "headers": []})
            await send({"type": "http.response.body", "body": b"Internal Server Error"})

    return answered
