"""The mended poller as a Singer tap: ``tap.py --state FILE``."""

import argparse
import json
import os
from pathlib import Path

from mended import START, changes

SCHEMA = {
    "type": "object",
    "properties": {"CONTACT_ID": {"type": "integer"}, "DATE_UPDATED_UTC": {"type": "string"}},
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--state", type=Path, default=os.environ.get("ELEMENTS_LOCAL_STATE_FILE"))
    file = parser.parse_args().state
    kept = json.loads(Path(file).read_text()) if file else {}
    state = kept.get("bookmarks", {}).get("contacts", {"cursor": START, "seen": {}})
    say("SCHEMA", stream="contacts", schema=SCHEMA, key_properties=["CONTACT_ID"])
    for contact, _ in changes(state):
        say("RECORD", stream="contacts", record=contact)
    say("STATE", value={"bookmarks": {"contacts": state}})


def say(kind: str, **fields: object) -> None:
    print(json.dumps({"type": kind, **fields}), flush=True)


if __name__ == "__main__":
    main()
