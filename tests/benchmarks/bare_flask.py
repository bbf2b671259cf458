"""The least that a Flask application can be on the server that the stack has: ``/n`` answers with what the nth file of the command holds.

Its first word is the port, 0 for a free one. Prints its origin.
"""

import json
import logging
import sys
from pathlib import Path

from flask import Flask, Response, jsonify
from waitress.server import create_server

app = Flask("bare")
app.json.sort_keys = False  # type: ignore[attr-defined]  # of Flask's own provider; else the bytes differ
contents = [json.loads(Path(name).read_bytes()) for name in sys.argv[2:]]


@app.get("/<int:number>")
def answer(number: int) -> Response:
    """Answer with the JSON that a file holds, encoded anew."""
    return jsonify(contents[number])


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
