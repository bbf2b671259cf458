"""A stack as a tenant is seen: its time runs by itself, and a proxy hides its admin routes."""

import json
import socket
from contextlib import contextmanager
from threading import Thread

import requests
from flask import Flask, Response, request
from processes import FREE_PORTS, stack_of, up
from werkzeug.serving import make_server

from elements_local.clients.workspace_clients import BASE_PATH


@contextmanager
def hiding(*targets):
    """Serve each target again, without what is below ``/_local``."""
    servers = []
    for target in targets:
        app = Flask("proxy")

        @app.route("/", defaults={"path": ""}, methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
        @app.route("/<path:path>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
        def forward(path, target=target):
            if path.startswith("_local"):
                return "", 404
            headers = {name: value for name, value in request.headers if name != "Host"}
            url = f"{target}/{path}?{request.query_string.decode()}".rstrip("?")
            reply = requests.request(
                request.method, url, headers=headers, data=request.get_data(), timeout=60
            )
            kept = [
                (name, value)
                for name, value in reply.headers.items()
                if name.lower()
                not in {"connection", "content-encoding", "content-length", "transfer-encoding"}
            ]
            return Response(reply.content, reply.status_code, kept)

        server = make_server("127.0.0.1", 0, app, threaded=True)
        Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
    try:
        yield [f"http://127.0.0.1:{server.server_port}" for server in servers]
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()


def free_port():
    """Return a port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def tenant_running(speed, *words):
    """Run a stack at a speed, and give its addresses, the environment with its secrets, and its clients."""
    with up("--clock=real", "--speed", speed, *FREE_PORTS, *words) as (process, ready):
        stack = stack_of(ready)
        with hiding(stack.addresses.platform, ready["crm"]) as (platform, crm):
            workspace = ready["workspace"]
            yield {
                "platform": platform + BASE_PATH,
                "crm": crm,
                "env": {
                    f"ELEMENTS_LOCAL_TENANT_{name.upper()}": workspace[name]
                    for name in ("user_secret", "organization_secret", "crm_username", "crm_api_key")
                },
                "clients": stack.workspace(),
                "sink": ready["sink"],
            }
    assert process.returncode == 0


def written(path, running, **differs):
    """Write a file for it, and return the path; a key that is None is left out."""
    port = free_port()
    whole = {
        "platform_url": running["platform"],
        "crm_url": running["crm"],
        "callback_url": f"http://127.0.0.1:{port}/replay",
        "listen": port,
        **differs,
    }
    path.write_text(json.dumps({key: value for key, value in whole.items() if value is not None}), "utf-8")
    return path
