"""What a request has in its body, and an answer of JSON."""

from flask import Response, request

from elements_local.kit.api.json_text import Json, MalformedJsonError, decode, encode
from elements_local.platform.elements.vendor_file.model import FileCall
from elements_local.platform.elements.vendor_file.refusal import VendorRefusalError
from elements_local.platform.elements.vendor_file.templates import misfit


def sent_body(call: FileCall) -> Json:
    """Return the body of the present request.

    Raises:
        VendorRefusalError: it is no JSON, or has not the shape that the call's has.
    """
    raw = request.get_data()
    try:
        body = decode(raw) if raw else {}
    except MalformedJsonError as error:
        raise VendorRefusalError("invalid", f"the body is no JSON: {error}") from error
    if wrong := misfit(call.body, body):
        raise VendorRefusalError("invalid", wrong)
    return body


def response(body: object, status: int, headers: object = None) -> Response:
    """Return an answer; None is an empty one."""
    raw = b"" if body is None else encode(body)
    named = {name: str(text) for name, text in headers.items()} if isinstance(headers, dict) else None
    return Response(raw, status, headers=named, mimetype="application/json" if raw else None)
