"""The receiver with FastAPI, with a probe: ``uvicorn probe_fastapi:app --port 8000``."""

from with_fastapi import app


@app.get("/probe")
async def probe():
    return list(app.state.events.values())
