"""The receivers for who does not write Python do what the pages say of them, against a stack that runs."""

import subprocess
import sys
from pathlib import Path

import pytest
from arriving import every_kind
from doc_pages import ROOT, environment, up
from programs import find_program

from elements_local import guide

EXAMPLES = ROOT / "docs" / "examples"
KEY = "a-key-of-your-own, ünïcode"


def test_the_receiver_in_node_passes_its_own_test():
    node = find_program("node")
    with up(Path(sys.executable).parent / "elements-local") as running:
        done = subprocess.run(
            [node, "--test", EXAMPLES / "node"],
            capture_output=True,
            text=True,
            check=False,
            env=environment(running),
        )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "# pass 2" in done.stdout


@pytest.fixture(scope="module")
def in_java():
    """The receiver in Java, which takes what is signed with the key: where it is, and the lines that it prints."""
    command = [
        find_program("java"),
        "-Dfile.encoding=UTF-8",
        "-Dsun.jnu.encoding=UTF-8",
        EXAMPLES / "java" / "Receiver.java",
        "0",
        KEY,
    ]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        text=True,
        env={"LC_ALL": "C.UTF-8"},
    ) as process:
        assert process.stdout
        yield process.stdout.readline().strip(), process.stdout
        process.terminate()


def test_the_receiver_in_java_takes_what_is_signed_once(
    in_java, elements_workspace, elements_clock, elements_platform, elements_crm, elements_sink
):
    url, lines = in_java
    elements_sink.relay(url)
    contact(elements_workspace, elements_platform, elements_crm, KEY)
    elements_clock.advance("15m")
    (callback,) = elements_sink.callbacks()
    again = elements_sink.replay(callback["id"])
    elements_crm.create("Contacts", {"FIRST_NAME": "Eve"})
    elements_clock.advance("15m")
    *_, other = elements_sink.callbacks()

    first, second = (
        {name.lower(): value for name, value in each["headers"].items()}["elements-webhook-id"]
        for each in (callback, other)
    )
    assert callback["status"] == again["status"] == other["status"] == 204
    assert f"new: {first}\n" in iter(lines.readline, "")
    assert lines.readline() == f"new: {second}\n"


def test_the_receiver_in_java_takes_every_kind_of_body(in_java, elements_workspace, elements_sink):
    elements_sink.relay(in_java[0])

    bodies = every_kind(elements_workspace, signature_key=KEY)

    assert [callback["status"] for callback in elements_sink.callbacks()] == [204] * len(bodies)


@pytest.mark.parametrize("key", ["another key", ""], ids=["another key", "no signature"])
def test_the_receiver_in_java_refuses_what_is_not(
    key, in_java, elements_workspace, elements_clock, elements_platform, elements_crm, elements_sink
):
    elements_sink.relay(in_java[0])
    contact(elements_workspace, elements_platform, elements_crm, key)
    elements_clock.advance("15m")

    assert len(elements_sink.callbacks(status=401)) == 1


def contact(workspace, platform, crm, key):
    platform.create_instance(guide.instance_body(workspace.credentials, signature_key=key))
    crm.create("Contacts", {"FIRST_NAME": "Zoë"})
