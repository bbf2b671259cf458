"""The Postman collections for people: ``poe postman`` makes them of `postman/*.yaml`, with answers that a stack gave.

Each request there has a name, what it is ``about``, and a method with its URL; ``body``, ``keep`` (variable: place in the
answer), ``check`` (a test's name: its lines), ``status`` where it is to be refused, ``again`` where it is if it is sent twice,
``element`` where the instance's token goes along, ``local`` where it is none of the vendor's, ``brief`` where the answer is too
long to be kept, ``raw_numbers`` where a variable in the body is a number.
"""

import json
import re
from base64 import b64encode
from pathlib import Path
from urllib.parse import quote, urlsplit
from uuid import NAMESPACE_URL, uuid5

import yaml

from elements_local.commands.openapi import ADMIN_TOKEN, SCHEMA, environment_of
from elements_local.start import in_process

SOURCES = Path(__file__).parent / "postman"
TARGET = Path(__file__).parents[2] / "scenarios" / "postman"
ENVIRONMENT = TARGET / "elements-local.postman_environment.json"
WALK = "insightly-polling-step-by-step"
METHODS = ("get", "post", "put", "patch", "delete")
VARIABLE = re.compile(r"\{\{(\w+)\}\}")
USER = "User {{user_secret}}, Organization {{organization_secret}}"
SHOWN_HEADERS = re.compile(r"content-type|elements-.*|x-.*|location", re.IGNORECASE)


def collections():
    """Return the text of each collection by the name of its file, each made on a fresh stack."""
    return {f"{name}.postman_collection.json": collection(name) for name in (WALK, "platform", "crm", "sink")}


def collection(name):
    with in_process() as stack:
        made = Collection(SOURCES / f"{name}.yaml", stack).to_json()
    return json.dumps(made, indent=1, ensure_ascii=False) + "\n"


def environment():
    with in_process() as stack:
        made = {"id": "f3c5b0a2-8d0e-4a58-9d4b-0f6a0f4f0b11", **environment_of(stack)}
    return json.dumps(made, indent=2) + "\n"


class Collection:
    """One service's collection, made while its requests are sent."""

    def __init__(self, source, stack):
        self.source = yaml.safe_load(source.read_text("utf-8"))
        self.http = stack.http
        kept = json.loads(ENVIRONMENT.read_text("utf-8"))
        self.known = {each["key"]: each["value"] for each in kept["values"]}
        self.own = {}

    def to_json(self):
        folders = [
            {
                "name": each["name"],
                "description": each["about"],
                "item": list(map(self.item, each["requests"])),
            }
            for each in self.source["folders"]
        ]
        return {
            "info": {
                "_postman_id": str(uuid5(NAMESPACE_URL, self.source["name"])),
                "name": self.source["name"],
                "description": self.source["about"],
                "schema": SCHEMA,
            },
            "item": folders,
            "event": [script("prerequest", self.source.get("before", ADMIN_TOKEN))],
            "variable": [{"key": name, "value": ""} for name in self.own],
        }

    def item(self, step):
        request = self.request(step)
        reply = self.sent(request)
        expected = step.get("status")
        assert reply.status == expected if expected else reply.ok, (step["name"], reply)
        for name, place in step.get("keep", {}).items():
            self.own[name] = self.known[name] = str(at(json.loads(reply.body), place))
        return {
            "name": f"Local: {step['name']}" if step.get("local") else step["name"],
            "event": [script("test", tests(step))],
            "request": request,
            "response": [example(step, request, reply)],
        }

    def request(self, step):
        method = next(name for name in METHODS if name in step)
        url, service = step[method], VARIABLE.match(step[method])[1]
        headers = []
        if service in {"platform", "root"}:
            headers.append(
                {"key": "Authorization", "value": USER + ", Element {{token}}" * step.get("element", 0)}
            )
        request = {
            "method": method.upper(),
            "header": headers,
            "url": split(url),
            "description": step["about"],
        }
        if service == "crm":
            who = [
                {"key": "username", "value": step.get("key", "{{crm_api_key}}")},
                {"key": "password", "value": ""},
            ]
            request["auth"] = {"type": "basic", "basic": who}
        if "body" in step:
            headers.append({"key": "Content-Type", "value": "application/json"})
            raw = json.dumps(step["body"], indent=2, ensure_ascii=False)
            if step.get("raw_numbers"):
                raw = re.sub(r'"(\{\{\w+\}\})"', r"\1", raw)
            request["body"] = {"mode": "raw", "raw": raw, "options": {"raw": {"language": "json"}}}
        return request

    def sent(self, request):
        headers = {each["key"]: self.filled(each["value"]) for each in request["header"]}
        if "auth" in request:
            user = self.filled(request["auth"]["basic"][0]["value"])
            headers["Authorization"] = "Basic " + b64encode(f"{user}:".encode()).decode()
        url = quote(self.filled(request["url"]["raw"]), safe=":/?&=%'*,@")
        body = self.filled(request.get("body", {}).get("raw", "")).encode()
        return self.http.send(request["method"], url, headers=headers, body=body)

    def filled(self, text):
        return VARIABLE.sub(lambda found: self.known[found[1]], text)


def at(value, place):
    for key in place.split("."):
        value = value[int(key)] if isinstance(value, list) else value[key]
    return value


def split(url):
    """Return a URL as Postman keeps it."""
    host = VARIABLE.match(url)[0]
    parts = urlsplit(url.removeprefix(host))
    query = [pair.partition("=") for pair in parts.query.split("&") if pair]
    return {
        "raw": url,
        "host": [host],
        "path": [segment for segment in parts.path.split("/") if segment],
        **(
            {"query": [{"key": key, "value": value if sign else None} for key, sign, value in query]}
            if query
            else {}
        ),
    }


def script(listen, lines):
    return {"listen": listen, "script": {"type": "text/javascript", "exec": list(lines)}}


def tests(step):
    status, again = step.get("status"), step.get("again")
    if status:
        yield f'pm.test("it is refused with {status}", () => pm.response.to.have.status({status}));'
    elif again:
        yield f'pm.test("it is done, now or before", () => pm.expect(pm.response.code).to.be.oneOf([200, {again}]));'
    else:
        yield 'pm.test("it is done", () => pm.expect(pm.response.code).to.be.within(200, 299));'
    for name, place in step.get("keep", {}).items():
        path = "".join(f"[{key}]" if key.isdecimal() else f".{key}" for key in place.split("."))
        yield f'pm.collectionVariables.set("{name}", pm.response.json(){path});'
    for name, lines in step.get("check", {}).items():
        yield from (f'pm.test("{name}", () => {{', *(f"    {line}" for line in lines.splitlines()), "});")


def example(step, request, reply):
    """Return an answer as Postman saves it beside its request."""
    kind = reply.headers.get("Content-Type", "")
    body = reply.body.decode()
    if "json" in kind and body:
        body = json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    if step.get("brief") and len(body) > 2000:
        body = body[:2000] + "\n..."
    return {
        "name": reply.phrase or str(reply.status),
        "originalRequest": request,
        "status": reply.phrase,
        "code": reply.status,
        "_postman_previewlanguage": "json" if "json" in kind else "text",
        "header": [
            {"key": name, "value": value} for name, value in reply.headers if SHOWN_HEADERS.fullmatch(name)
        ],
        "cookie": [],
        "body": body,
    }


if __name__ == "__main__":
    ENVIRONMENT.write_text(environment(), encoding="utf-8")
    for name, text in collections().items():
        (TARGET / name).write_text(text, encoding="utf-8")
