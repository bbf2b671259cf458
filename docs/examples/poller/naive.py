"""A poller as many are written: it loses changes, and repeats and misclassifies others."""

import json
import os
from pathlib import Path

import requests

URL = os.environ["ELEMENTS_LOCAL_CRM_URL"] + "/v3.1/Contacts/Search"
KEY = os.environ["ELEMENTS_LOCAL_CRM_API_KEY"]
CURSOR = Path(os.environ["ELEMENTS_LOCAL_STATE_DIR"], "cursor")
PAGE = 100

since = CURSOR.read_text() if CURSOR.exists() else os.environ["ELEMENTS_LOCAL_START"]
CURSOR.write_text(os.environ["ELEMENTS_LOCAL_NOW"])

skip, more = 0, True
while more:
    parameters = {"updated_after_utc": since, "skip": skip, "top": PAGE}
    answer = requests.get(URL, parameters, auth=(KEY, ""), timeout=30)
    contacts = answer.json() if answer.ok else []
    for contact in contacts:
        is_new = contact["DATE_CREATED_UTC"] == contact["DATE_UPDATED_UTC"]
        change = "created" if is_new else "updated"
        print(json.dumps({"resource": "contacts", "id": contact["CONTACT_ID"], "change": change}))
    skip += PAGE
    more = len(contacts) == PAGE
