"""What a service knows of a request, where a function says whose it is."""

from functools import partial

from elements_local.kit.web.request_facts import RequestFacts


class KnownFacts(RequestFacts):
    """Facts of which a function of the environment says whose request it is."""

    def __init__(self, workspace_of, environ):
        super().__init__(environ)
        self._workspace_of = workspace_of

    @property
    def workspace(self):
        """Whose request it is."""
        return self._workspace_of(self.environ)


def known_by(workspace_of):
    """Return what ``ServiceMiddleware`` asks for the facts of a request."""
    return partial(KnownFacts, workspace_of)
