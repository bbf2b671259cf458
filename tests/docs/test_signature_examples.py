"""The examples that check a signature agree with what the platform sends, and with each other on what is amiss."""

import importlib.util
import json
import subprocess
from pathlib import Path

import pytest
from programs import find_program

from elements_local import guide

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
KEY = "a-key-of-your-own, ünïcode"
AMISS = ["", "sha256=", "sha256=AAAA", "sha1=AAAA"]


@pytest.fixture
def sent(elements_workspace, elements_clock, elements_platform, elements_crm, elements_sink):
    """A callback as it came: its bytes, and the header."""
    elements_platform.create_instance(guide.instance_body(elements_workspace.credentials, signature_key=KEY))
    elements_crm.create("Contacts", {"FIRST_NAME": "Zoë", "LAST_NAME": "🦆"})
    elements_clock.advance("15m")
    (callback,) = elements_sink.callbacks()
    headers = {name.lower(): value for name, value in callback["headers"].items()}
    return callback["body"].encode(), headers["elements-webhook-signature"]


def test_in_python(sent):
    body, header = sent
    spec = importlib.util.spec_from_file_location("signature_example", EXAMPLES / "signature.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    assert module.is_signed(body, KEY, header)
    assert not module.is_signed(body + b" ", KEY, header)
    assert not module.is_signed(body, "another key", header)
    assert not any(module.is_signed(body, KEY, amiss) for amiss in AMISS)


def test_in_node(sent):
    body, header = sent
    asked = [[KEY, header, True], ["another key", header, False], *([KEY, amiss, False] for amiss in AMISS)]
    script = f"""
        import {{ isSigned }} from {json.dumps((EXAMPLES / "signature.mjs").as_uri())};
        const body = (await import("node:fs")).readFileSync(0);
        const answers = {json.dumps(asked)}.map(([key, header]) => isSigned(body, key, header));
        answers.push(isSigned(body, {json.dumps(KEY)}, undefined));
        console.log(JSON.stringify(answers));
    """
    command = [find_program("node"), "--input-type=module", "--eval", script]

    done = subprocess.run(command, input=body, capture_output=True, check=True)

    assert json.loads(done.stdout) == [*(signed for _, _, signed in asked), False]


def test_in_a_shell(sent):
    body, header = sent
    find_program("openssl")

    done = subprocess.run(
        [find_program("bash"), EXAMPLES / "signature.sh", KEY], input=body, capture_output=True, check=True
    )

    assert done.stdout.decode().strip() == header
