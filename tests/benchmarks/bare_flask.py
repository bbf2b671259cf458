"""The least that a Flask application can be on the server that the stack has: ``/n`` answers with the nth file of the command.

Its first word is the port, 0 for a free one. Prints its origin.
"""

import logging
import sys
from pathlib import Path

from flask import Flask, Response
from waitress.server import create_server

app = Flask("bare")
contents = [Path(name).read_bytes() for name in sys.argv[2:]]


@app.get("/<int:number>")
def answer(number: int) -> Response:
    """Answer with what a file holds."""
    return Response(contents[number], mimetype="application/json")


@app.get("/_local/health")
def health() -> dict[str, str]:
    """Answer a little."""
    return {"status": "ok"}


if __name__ == "__main__":
    logging.getLogger("waitress.queue").setLevel(
        logging.ERROR
    )  # as the stack has it: else it warns of each request that waits
    server = create_server(app, host="127.0.0.1", port=int(sys.argv[1]), threads=16)
    print(f"http://127.0.0.1:{server.effective_port}", flush=True)  # noqa: T201
    server.run()
