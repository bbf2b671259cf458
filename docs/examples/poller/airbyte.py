"""Airbyte's published source-insightly, unchanged, on contacts: only its requests go to another host.

It takes ``pip install airbyte-source-insightly==0.2.16`` on Python 3.10, and ``certify poller --faketime``.
"""

import json
import os
from pathlib import Path

from airbyte_cdk.entrypoint import launch
from requests.adapters import HTTPAdapter
from source_insightly import SourceInsightly

FOLDER = Path(os.environ["ELEMENTS_LOCAL_STATE_DIR"])
CONTACTS = {"name": "contacts", "json_schema": {}, "supported_sync_modes": ["incremental"]}
FILES = {
    "config": {
        "start_date": os.environ["ELEMENTS_LOCAL_START"],
        "token": os.environ["ELEMENTS_LOCAL_CRM_API_KEY"],
    },
    "catalog": {
        "streams": [{"stream": CONTACTS, "sync_mode": "incremental", "destination_sync_mode": "append"}],
    },
}
send = HTTPAdapter.send


def send_to_fake(adapter, request, **options):
    fake = os.environ["ELEMENTS_LOCAL_CRM_URL"]
    request.url = request.url.replace("https://api.na1.insightly.com", fake, 1)
    return send(adapter, request, **options)


HTTPAdapter.send = send_to_fake
arguments = ["read", "--state", os.environ["ELEMENTS_LOCAL_STATE_FILE"]]
for name, content in FILES.items():
    path = FOLDER / f"{name}.json"
    path.write_text(json.dumps(content))
    arguments += [f"--{name}", str(path)]
launch(SourceInsightly(), arguments)
