"""A stack as a tenant is seen: its time runs by itself, and a proxy hides its admin routes."""

import json
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import requests
from deadline import DEADLINE_S
from flask import Flask, Response, request
from werkzeug.serving import make_server

from elements_local.clients import BASE_PATH, Addresses
from elements_local.stack.stack import at

PROGRAM = Path(sys.executable).parent / "elements-local"


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
    ports = ["--platform-port", "0", "--crm-port", "0", "--sink-port", "0"]
    command = [PROGRAM, "up", "--json", "--quiet", "--clock", "real", "--speed", speed, *ports, *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        ready = json.loads(process.stdout.readline())
        root = ready["platform"].removesuffix(BASE_PATH)
        with hiding(root, ready["crm"]) as (platform, crm):
            workspace = ready["workspace"]
            yield {
                "platform": platform + BASE_PATH,
                "crm": crm,
                "env": {
                    f"ELEMENTS_LOCAL_TENANT_{name.upper()}": workspace[name]
                    for name in ("user_secret", "organization_secret", "crm_username", "crm_api_key")
                },
                "clients": at(Addresses(platform=root, crm=ready["crm"], sink=ready["sink"])).workspace(),
                "sink": ready["sink"],
            }
        process.terminate()
        assert process.wait(timeout=DEADLINE_S) == 0
