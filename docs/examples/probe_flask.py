"""The receiver with Flask, with a probe: ``flask --app probe_flask run --port 8000``."""

from with_flask import app


@app.get("/probe")
def probe():
    return list(app.config["events"].values())
