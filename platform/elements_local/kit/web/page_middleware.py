"""Pages for people beside a service's routes: an application of their own, and the way that leads a browser there."""

from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from msgspec import Struct

from elements_local.kit.admin.paths import ADMIN
from elements_local.kit.web.guard import Guard, GuardMiddleware
from elements_local.kit.web.problems import ProblemMiddleware

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from flask import Flask

START = f"{ADMIN}/"
"""Where the pages begin."""

BELOW = f"{ADMIN}/dashboard/"
"""Below which all others are; no admin route begins so."""


class Pages(Struct, frozen=True, kw_only=True):
    """Pages that go with a service.

    Attributes:
        application: makes them, and looks itself at who may see them; None where another service has them.
        url: the origin of the service that has them.
        is_public: whether browsers, too, find that service at its origin; otherwise it is on the machine that they call.
    """

    application: "WSGIApplication | None" = None
    url: str
    is_public: bool = False


class PageMiddleware(Struct, frozen=True):
    """A WSGI application around a service's own, behind the guard and before the journal, which knows no pages."""

    application: "WSGIApplication"
    pages: Pages

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Let the pages answer what is theirs, lead a browser from the root to them, and the service do all else."""
        path = f"/{environ['PATH_INFO'].lstrip('/')}"
        if self.pages.application is not None and (path in {ADMIN, START} or path.startswith(BELOW)):
            return self.pages.application(environ, start_response)
        if path == "/" and _is_browser(environ):
            headers = [("Location", self._start(environ)), ("Content-Length", "0"), ("Vary", "Accept")]
            start_response("302 Found", headers)
            return []
        return self.application(environ, start_response)

    def _start(self, environ: "WSGIEnvironment") -> str:
        """Return where the pages begin, on the machine as the browser calls it."""
        scheme, host = environ["wsgi.url_scheme"], urlsplit(f"//{environ.get('HTTP_HOST', '')}")
        if self.pages.application is not None:
            return START
        if self.pages.is_public:
            return f"{self.pages.url}{START}"
        name = host.netloc.removesuffix(f":{host.port}")
        return f"{scheme}://{name}:{urlsplit(self.pages.url).port}{START}"


def serve_guarded(
    app: "Flask",
    application: "WSGIApplication",
    guard: Guard,
    pages: Pages | None,
    *,
    changing: tuple[str, ...] = (),
) -> None:
    """Have a service's requests pass the guard, and go to the pages where they are theirs.

    Args:
        application: what answers all others.
        changing: as the guard has it.
    """
    answered = ProblemMiddleware(application, app)
    served = answered if pages is None else PageMiddleware(answered, pages)
    guarded = GuardMiddleware(served, guard, changing=changing)
    app.wsgi_app = guarded  # type: ignore[method-assign]  # Flask's own way to wrap an application


def _is_browser(environ: "WSGIEnvironment") -> bool:
    reads = environ["REQUEST_METHOD"] in {"GET", "HEAD"} and not environ.get("QUERY_STRING")
    return reads and "text/html" in environ.get("HTTP_ACCEPT", "")
