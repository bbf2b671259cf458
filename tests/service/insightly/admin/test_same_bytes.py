"""The same seed gives the same bytes, whatever the machine and the version of Python; here are their digests.

The process that makes them shows as well that a document which nobody asks for is not made.
They change only with the made-up data itself, and whoever changes that says so in the change log.
"""

import json
import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[4]
ANOTHER_PYTHON = os.environ.get("ELEMENTS_LOCAL_TEST_ANOTHER_PYTHON", "/usr/bin/python3")
"""One that has our dependencies; otherwise a fresh process of the present one takes its place."""

SEEDED = {
    '{"records": 30}': "d911522a141741d118f506fdfd6ab6c3815240bbf7c61ca7cad839d2b5ec0800",
    '{"profile": "small"}': "ef9ad53fbb4c1dfdb59d42ea5fdd6cdec1008a37573b1cfd4031b7134df8b942",
    '{"profile": "edge"}': "c43c24fba44f12d14e6d9f032d8fc18cfbb1143f5f1a4aa432f2c6f09940a1f1",
}
"""What a workspace named test, of seed 7, was filled with, and the SHA-256 of its export."""

_DIGESTS = """
import json, sys
from hashlib import sha256
from mock_insightly import CrmSettings, create_app
from elements_local.kit.web.guard import Guard
from elements_local.kit.storage.database import Database
from elements_local.kit.workspaces.registry import NewWorkspace, Workspaces
database = Database()
workspaces = Workspaces(database)
client = create_app(CrmSettings(), workspaces=workspaces, database=database, guard=Guard()).test_client()
digests = {}
for filled in sys.argv[1:]:
    workspace = workspaces.create(NewWorkspace(name="test", seed=7))
    auth = (workspace.crm_api_key, "")
    client.post("/_local/seed", json=json.loads(filled), auth=auth)
    digests[filled] = sha256(client.get("/_local/export", auth=auth).data).hexdigest()
    client.post("/_local/reset", auth=auth)
    workspaces.delete(workspace)
database.close()
unasked = {"mock_insightly.document", "apispec"} & {*sys.modules}
print(json.dumps([digests, sorted(unasked)]))
"""


@pytest.mark.parametrize(("filled", "digest"), SEEDED.items())
def test_the_same_seed_gives_the_same_bytes(crm, filled, digest):
    crm._json("POST", "/_local/seed", 200, json=json.loads(filled))

    assert sha256(crm.send("GET", "/_local/export").body).hexdigest() == digest


@pytest.fixture(scope="module")
def made():
    path = os.pathsep.join([str(ROOT / "platform"), str(ROOT)])
    told = {**os.environ, "PYTHONPATH": path, "PYTHONHASHSEED": "1"}

    made = subprocess.run(
        [_another_python(told), "-c", _DIGESTS, *SEEDED], env=told, capture_output=True, text=True, check=True
    )
    return json.loads(made.stdout)


def test_another_process_and_another_python_give_the_same_bytes(made):
    assert made[0] == SEEDED


def test_the_openapi_document_is_only_made_when_it_is_asked_for(made):
    assert made[1] == []


def _another_python(told):
    if not Path(ANOTHER_PYTHON).exists():
        return sys.executable
    tried = subprocess.run(
        [ANOTHER_PYTHON, "-c", "import mock_insightly"], env=told, capture_output=True, check=False
    )
    return sys.executable if tried.returncode else ANOTHER_PYTHON
