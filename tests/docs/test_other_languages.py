"""The receivers for who does not write Python do what the pages say of them, against a stack that runs."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from arriving import every_kind
from doc_pages import ROOT, environment, up
from programs import PATH, find_node, find_program

from elements_local.clients import guide

EXAMPLES = ROOT / "docs" / "examples"
KEY = "a-key-of-your-own, ünïcode"


def test_the_receiver_in_node_passes_its_own_test():
    node = find_program("node")
    with up(Path(sys.executable).parent / "elements-local") as running:
        command, where = [node, "--test", EXAMPLES / "node"], environment(running)
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=where)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "# pass 2" in done.stdout


def run_test(folder, *command):
    """Run a test of the page that starts a stack by its command."""
    path = os.pathsep.join((str(Path(sys.executable).parent), PATH))
    where = {"PATH": path, "HOME": str(folder)}  # Go builds there
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=where)


def test_a_test_in_node_starts_a_stack_and_passes(tmp_path):
    node = find_node(tmp_path, "vitest", needed="vitest")
    shutil.copy(EXAMPLES / "node" / "stack.spec.mjs", tmp_path)

    done = run_test(tmp_path, node, "node_modules/vitest/vitest.mjs", "run", "--no-color", "stack.spec.mjs")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout


def test_a_test_in_go_starts_a_stack_and_passes(tmp_path):
    go = find_program("go")

    done = run_test(tmp_path, go, "test", "-v", EXAMPLES / "go" / "stack_test.go")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "--- PASS: TestANewContactIsCalledBackAndItIsToldWhy" in done.stdout


@pytest.fixture(scope="module")
def in_java():
    """The receiver in Java, which takes what is signed with the key: where it is, and the lines that it prints."""
    command = [find_program("java"), "-Dfile.encoding=UTF-8", "-Dsun.jnu.encoding=UTF-8"]
    command += [EXAMPLES / "java" / "Receiver.java", "0", KEY]
    utf8 = {"LC_ALL": "C.UTF-8"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=utf8) as process:
        assert process.stdout
        yield process.stdout.readline().strip(), process.stdout
        process.terminate()


def contact(workspace, key):
    workspace.platform.create_instance(guide.instance_body(workspace.credentials, signature_key=key))
    workspace.crm.create("Contacts", {"FIRST_NAME": "Zoë", "LAST_NAME": "🦆"})
    workspace.clock.advance("15m")


def sent_header(callback, name):
    return {header.lower(): value for header, value in callback["headers"].items()}[name]


def test_the_receiver_in_java_takes_what_is_signed_once(in_java, elements_workspace):
    url, lines = in_java
    sink = elements_workspace.sink
    sink.relay(url)
    contact(elements_workspace, KEY)
    (callback,) = sink.callbacks()
    again = sink.replay(callback["id"])
    elements_workspace.crm.create("Contacts", {"FIRST_NAME": "Eve"})
    elements_workspace.clock.advance("15m")
    *_, other = sink.callbacks()

    first, second = (sent_header(each, "elements-webhook-id") for each in (callback, other))
    assert callback["status"] == again["status"] == other["status"] == 204
    assert f"new: {first}\n" in iter(lines.readline, "")
    assert lines.readline() == f"new: {second}\n"


def test_the_receiver_in_java_takes_every_kind_of_body(in_java, elements_workspace):
    elements_workspace.sink.relay(in_java[0])

    bodies = every_kind(elements_workspace, signature_key=KEY)

    assert [callback["status"] for callback in elements_workspace.sink.callbacks()] == [204] * len(bodies)


@pytest.mark.parametrize("key", ["another key", ""], ids=["another key", "no signature"])
def test_the_receiver_in_java_refuses_what_is_not(key, in_java, elements_workspace):
    elements_workspace.sink.relay(in_java[0])
    contact(elements_workspace, key)

    assert len(elements_workspace.sink.callbacks(status=401)) == 1


def test_a_shell_computes_the_signature(elements_workspace):
    find_program("openssl")
    contact(elements_workspace, KEY)
    (callback,) = elements_workspace.sink.callbacks()

    command = [find_program("bash"), EXAMPLES / "signature.sh", KEY]
    done = subprocess.run(command, input=callback["body"].encode(), capture_output=True, check=True)

    assert done.stdout.decode().strip() == sent_header(callback, "elements-webhook-signature")
