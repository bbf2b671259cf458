"""The receivers for who does not write Python do what the pages say of them, against a stack that runs."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from doc_pages import ROOT, environment, up

EXAMPLES = ROOT / "docs" / "examples"


def needs(program, name):
    return pytest.mark.skipif(shutil.which(program) is None, reason=f"{name} is not installed")


@needs("node", "Node.js")
def test_the_receiver_in_node_passes_its_own_test():
    with up(Path(sys.executable).parent / "elements-local") as running:
        done = subprocess.run(
            ["node", "--test", EXAMPLES / "node"],
            capture_output=True,
            text=True,
            check=False,
            env={**environment(running), "PATH": str(Path(shutil.which("node")).parent)},
        )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "# pass 1" in done.stdout


@needs("java", "Java")
@pytest.mark.parametrize(("header", "signed"), [("right", True), ("sha256=AAAA", False), ("", False)])
def test_the_signature_in_java(header, signed):
    # the value is that of the platform's own doctest
    right = "sha256=dzJZAsrKgS3CWXM6rNBGtzgXNyx3e42VtAJkdHRRbhM="
    command = ["java", EXAMPLES / "java" / "Signature.java", "secret", right if header == "right" else header]

    done = subprocess.run(command, input="{}", capture_output=True, text=True, check=True)

    assert json.loads(done.stdout) is signed
