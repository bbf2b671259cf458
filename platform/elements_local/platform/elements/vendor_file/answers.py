"""What answers of a vendor file's fake have in common: errors as the file has them, its headers, and warnings."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from flask import Response, request

from elements_local.kit import seeded
from elements_local.kit.api.json_text import Json
from elements_local.kit.fakes.records import NoCallerError
from elements_local.kit.web.request_facts import facts_of
from elements_local.platform.elements.vendor_file import model
from elements_local.platform.elements.vendor_file.exchange import UNREAD_HEADER, response, unread_header
from elements_local.platform.elements.vendor_file.model import ERROR_STATUSES
from elements_local.platform.elements.vendor_file.refusal import VendorRefusalError, values_of
from elements_local.platform.elements.vendor_file.templates import filled

if TYPE_CHECKING:
    from elements_local.kit.workspaces.registry import Workspace

_UUID = "elements_local.vendor_uuid"
"""Where in a request's environment is what its answer is known by."""
LIMITS = "elements_local.vendor_limits"
"""Where the headers are by which it says what is left of limits."""


class FileAnswers:
    """The answers of a vendor file."""

    def __init__(self, file: model.VendorFile) -> None:
        self.file = file

    def refused(self, error: Exception) -> Response:
        """Answer with an error of the file's."""
        match error:
            case NoCallerError():
                name, values = "unauthenticated", dict[str, object]()
            case VendorRefusalError(case=case, values=values):
                name = case
            case _:
                name, values = "not_found", dict(request.view_args or {})
        how: model.VendorErrorCase = getattr(self.file.errors.cases, name, None) or model.VendorErrorCase()
        status = how.status or cast("int", values.get("status", ERROR_STATUSES.get(name, 400)))
        about = error.is_about if isinstance(error, VendorRefusalError) else ""
        values = values_of(
            how, str(error), {**values, "status": status, "uuid": self._uuid(str(error))}, about
        )
        return response(self._error_body(values, how), status, filled(dict(how.headers), values))

    def problem(self, status: int, message: str, error: Exception) -> Json:  # noqa: ARG002 - the kit's own words do
        """Return the body of an error of the kit's."""
        values = {"status": status, "message": message, "uuid": self._uuid(message)}
        return self._error_body(values, model.VendorErrorCase())

    def _uuid(self, message: str = "") -> str:
        """Return what the present answer is known by; an error has come to it first."""
        workspace: Workspace | None = facts_of(request).caller
        seed = workspace.seed if workspace else 0
        labels = (self.file.vendor, request.method, request.full_path, message)
        made: str = request.environ.setdefault(_UUID, seeded.guid(seed, *labels))
        return made

    def with_headers(self, answer: Response) -> Response:
        """Return an answer with the headers that all have, and a warning of what nothing has read."""
        if not facts_of(request).is_admin:
            made = filled(dict(self.file.headers), {"uuid": self._uuid()})
            limits: dict[str, str] = request.environ.get(LIMITS, {})
            for name, text in {**limits, **(made if isinstance(made, dict) else {})}.items():
                if answer.content_length or name.lower() != "content-type":
                    answer.headers[name] = str(text)
        if warnings := unread_header():
            answer.headers[UNREAD_HEADER] = warnings
        return answer

    def _error_body(self, values: Mapping[str, object], how: model.VendorErrorCase) -> Json:
        return cast("Json", filled(self.file.errors.body if how.body is None else how.body, values))
