"""The operations of the three OpenAPI documents, and requests that fit them."""

import json
import re
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from elements_local.kit.api.json_text import decode
from elements_local.kit.web.guard import TOKEN_HEADER

ORDER = ("GET", "POST", "PUT", "PATCH", "DELETE")
"""What takes away comes last, or there would be nothing left to ask for."""

JSON = "application/json"
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")

_DEEPEST = 3


@dataclass(frozen=True)
class Operation:
    service: str
    method: str
    path: str
    said: dict = field(repr=False)
    document: dict = field(repr=False)

    @property
    def is_admin(self):
        return self.path.startswith("/_local")

    @property
    def media(self):
        """The content type of a body, and its schema if it has keys."""
        content = self.said.get("requestBody", {}).get("content", {})
        for media_type in (JSON, *FORMS):
            if media_type in content:
                return media_type, content[media_type].get("schema", {})
        return next(iter(content), None), None

    def target(self, known):
        """Return path and query, with what is known of the victim in the places of variables."""
        wanted = [
            each for each in self.said.get("parameters", []) if each["in"] == "query" and each.get("required")
        ]
        query = urlencode({each["name"]: known.get(each["name"].lower(), "1") for each in wanted})
        path = re.sub(r"\{(\w+)\}", lambda found: quote(str(known.get(found[1], "1")), safe=""), self.path)
        return f"{path}?{query}" if query else path

    def body(self, known):
        """Return the content type and the bytes of a body; none for what takes none."""
        content = self.said.get("requestBody", {}).get("content", {})
        if "application/json" in content:
            schema = content["application/json"].get("schema", {})
            return "application/json", json.dumps(sample(schema, self.document, known)).encode()
        return (next(iter(content)).replace("*/*", "text/plain"), b"text") if content else (None, b"")


def sample(schema, document, known, name="", depth=_DEEPEST):
    """Return something that a schema takes, with what is known of the victim where the names fit."""
    while "$ref" in schema or schema.get("anyOf") or schema.get("oneOf"):
        named = schema.get("$ref", "").rpartition("/")[2]
        choices = schema.get("anyOf") or schema.get("oneOf")
        schema = document["components"]["schemas"][named] if named else choices[0]
    if name.lower() in known:
        return known[name.lower()]
    if "allOf" in schema:
        parts = [sample(part, document, known, name, depth) for part in schema["allOf"]]
        return {key: value for part in parts if isinstance(part, dict) for key, value in part.items()}
    fixed = [schema[key] for key in ("const", "default") if key in schema] + schema.get("enum", [])
    if fixed:
        return fixed[0]
    kind = schema.get("type")
    match kind[0] if isinstance(kind, list) else kind:
        case "object":
            properties = schema.get("properties", {}) if depth else {}
            return {each: sample(of, document, known, each, depth - 1) for each, of in properties.items()}
        case "array":
            return [sample(schema.get("items", {}), document, known, name, depth - 1)] if depth else []
        case plain:
            return {"integer": max(1, schema.get("minimum", 1)), "number": 1, "boolean": True}.get(
                plain, "text"
            )


def operations_of(stack):
    """Return all operations of the three services."""
    headers = {} if stack.token is None else {TOKEN_HEADER: stack.token}
    documents = {
        service: decode(stack.http.send("GET", f"{url}/_local/openapi.json", headers=headers).body)
        for service, url in stack.addresses.running.items()
    }
    found = [
        Operation(service, method.upper(), path, said, document)
        for service, document in documents.items()
        for path, item in document["paths"].items()
        for method, said in item.items()
        if method.upper() in ORDER
    ]
    return sorted(found, key=lambda each: (ORDER.index(each.method), each.path))
