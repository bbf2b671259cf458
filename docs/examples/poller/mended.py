"""The poller of ``naive.py``, mended: it reports each change once, as what it is."""

import json
import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import requests

URL = os.environ["ELEMENTS_LOCAL_CRM_URL"] + "/v3.1/Contacts/Search"
KEY = os.environ["ELEMENTS_LOCAL_CRM_API_KEY"]
START = os.environ["ELEMENTS_LOCAL_START"].replace("T", " ").rstrip("Z")
STATE = Path(os.environ["ELEMENTS_LOCAL_STATE_DIR"], "state.json")
PAGE = 100
LOOK_BACK = timedelta(minutes=5)  # more than lists lag and clocks differ


def main() -> None:
    state = json.loads(STATE.read_text()) if STATE.exists() else {"cursor": START, "seen": {}}
    for contact, change in changes(state):
        print(json.dumps({"resource": "contacts", "id": contact["CONTACT_ID"], "change": change}), flush=True)
    draft = STATE.with_suffix(".new")  # nothing is kept before all is reported
    draft.write_text(json.dumps(state))
    draft.replace(STATE)


def changes(state: dict) -> Iterator[tuple[dict, str]]:
    """Yield what is new, with what happened to it; then bring the state up to that.

    Dates are texts in UTC, which sort as what they mean; none is converted to local time.
    """
    since, seen = earlier(state["cursor"]), state["seen"]
    listed = {contact["CONTACT_ID"]: contact for contact in contacts(since)}
    for number, contact in listed.items():
        before, now = seen.get(str(number)), contact["DATE_UPDATED_UTC"]
        if before != now:
            yield contact, "created" if before is None and contact["DATE_CREATED_UTC"] > since else "updated"
    seen |= {str(number): contact["DATE_UPDATED_UTC"] for number, contact in listed.items()}
    state["cursor"] = max([state["cursor"], *seen.values()])  # of the CRM's own dates
    state["seen"] = {number: date for number, date in seen.items() if date > earlier(state["cursor"])}


def contacts(since: str) -> Iterator[dict]:
    """Yield the contacts updated after an instant, page after page until one has nothing new; an error ends the run."""
    skip, read = 0, set()
    while new := {mark: contact for mark, contact in page(since, skip).items() if mark not in read}:
        read |= new.keys()
        yield from (contact for (_, updated), contact in new.items() if updated >= since)
        skip += PAGE


def page(since: str, skip: int) -> dict[tuple[int, str], dict]:
    contacts = get(updated_after_utc=since, skip=skip, top=PAGE)
    return {(contact["CONTACT_ID"], contact["DATE_UPDATED_UTC"]): contact for contact in contacts}


def get(**parameters: object) -> list[dict]:
    answer = requests.get(URL, parameters, auth=(KEY, ""), timeout=30)
    answer.raise_for_status()
    return answer.json()


def earlier(date: str) -> str:
    return str(datetime.fromisoformat(date) - LOOK_BACK)


if __name__ == "__main__":
    main()
