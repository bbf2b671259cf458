"""``certify poller --proxy``: a poller that has the vendor's own host in it."""

import json
import sys

import pytest
from command import call
from programs import skip

from elements_local.stack import faketime

POLLER = """
import json, os, requests
from pathlib import Path
state = Path(os.environ["ELEMENTS_LOCAL_STATE_DIR"]) / "seen"
seen = json.loads(state.read_text()) if state.exists() else None
key = os.environ["ELEMENTS_LOCAL_CRM_API_KEY"]
found = {}
for number, contact in enumerate(requests.get("https://api.insightly.com/v3.1/Contacts?top=500", auth=(key, "")).json()):
    found[str(contact["CONTACT_ID"])] = contact["DATE_UPDATED_UTC"]
for number, updated in found.items():
    if seen is not None and seen.get(number) != updated:
        print(json.dumps({"resource": "contacts", "id": int(number)}))
state.write_text(json.dumps(found))
assert os.environ["ELEMENTS_LOCAL_USER_SECRET"]
"""


@pytest.mark.usefixtures("mitmdump")
@pytest.mark.parametrize("options", [[], ["--faketime"]], ids=["machine's time", "virtual time"])
def test_a_poller_with_the_vendors_host_in_it_is_certified(tmp_path, options):
    if options and not faketime.library():
        skip("faketime", "libfaketime is not installed")
    poller = tmp_path / "poller.py"
    poller.write_text(POLLER)
    only = ["--only", "late-visibility", "--json"]
    ran = call("certify", "poller", "--proxy", *options, *only, "--", sys.executable, poller)

    assert [each["outcome"] for each in json.loads(ran.stdout)["checks"]] == ["passed"], ran
