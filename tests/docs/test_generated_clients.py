"""Clients that generators make of the OpenAPI documents compile, and do what a test does, against a stack that runs."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from command import call
from doc_pages import ROOT, environment, up
from examples import LONG
from programs import PATH, find_node, find_program

CLIENT = ROOT / "docs" / "examples" / "typescript" / "client.ts"
DOCUMENTS = {
    "platform": ["platform"],
    "sink": ["sink"],
    "crm": ["crm"] if LONG else ["crm", "--local"],  # the whole of it takes ten seconds
    **{f"{service}-local": [service, "--local"] for service in ("platform", "sink")},
}
STRICT = ["--strict", "--target", "es2022", "--module", "nodenext", "--lib", "es2022,dom"]


WRONG = {
    "answer": ("workspace.user_secret", "workspace.secret", "'secret' does not exist"),
    "request": ('duration: "15m"', "duration: true", "Type 'true' is not assignable"),
    "callback": ("event!.eventType", "event!.kind", "'kind' does not exist"),
    "explanation": ("why.verdict", "why.reason", "'reason' does not exist"),
}
"""What is written in the client, what is instead, and what the compiler says of it."""


@pytest.fixture(scope="module")
def compiled(tmp_path_factory):
    """Where the client is compiled, with the types that ``openapi-typescript`` makes of all documents, and what the compiler says."""
    folder = tmp_path_factory.mktemp("typescript")
    find_node(folder, "openapi-typescript", "openapi-fetch", "typescript", needed="typescript")
    (folder / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    for name, words in DOCUMENTS.items():
        (folder / f"{name}.json").write_text(call("openapi", *words).stdout, encoding="utf-8")
    apis = {name: {"root": f"{name}.json", "x-openapi-ts": {"output": f"{name}.d.ts"}} for name in DOCUMENTS}
    (folder / "redocly.yaml").write_text(json.dumps({"apis": apis}), encoding="utf-8")
    client = CLIENT.read_text("utf-8")
    (folder / "client.ts").write_text(client, encoding="utf-8")
    for name, (written, instead, _) in WRONG.items():
        (folder / f"wrong-{name}.ts").write_text(client.replace(written, instead), encoding="utf-8")

    made = in_node(folder, "node_modules/openapi-typescript/bin/cli.js", "--default-non-nullable=false")
    assert made.returncode == 0, made.stdout + made.stderr
    sources = sorted(path.name for path in folder.glob("*.ts"))
    return folder, in_node(folder, "node_modules/typescript/bin/tsc", *STRICT, *sources).stdout


def in_node(folder, *words, **variables):
    return ran([find_program("node", needed="typescript"), *words], folder, {"PATH": PATH, **variables})


def ran(command, folder, where=None):
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=where)


def test_types_of_every_document_and_a_client_of_them_compile_strictly(compiled):
    _, said = compiled

    assert [line for line in said.splitlines() if not line.startswith(("wrong-", " "))] == []


@pytest.mark.parametrize("name", WRONG)
def test_a_client_that_expects_something_else_does_not_compile(name, compiled):
    _, said = compiled
    (line,) = [line for line in said.splitlines() if line.startswith(f"wrong-{name}.ts")]

    assert WRONG[name][2] in line


def test_the_client_makes_a_record_and_reads_its_callback_and_why(compiled):
    folder, _ = compiled
    with up(Path(sys.executable).parent / "elements-local") as running:
        done = in_node(folder, "client.js", **environment(running))

    assert json.loads(done.stdout or "null") == {"polls": 4, "event": "CREATED", "verdict": "reported"}, (
        done.stderr
    )


@pytest.mark.parametrize("service", ["platform", "sink"])
def test_a_client_in_go_compiles(service, tmp_path):
    go, _ = find_program("go"), find_program("java")
    generator = find_program("openapi-generator-cli", needed="openapi_generator")
    (tmp_path / f"{service}.json").write_text(call("openapi", *DOCUMENTS[service]).stdout, encoding="utf-8")
    words = f"generate -g go -i {service}.json -o client --package-name {service} --name-mappings instance_id=InstanceIdOfElement"
    made = ran([generator, *words.split()], tmp_path)
    assert made.returncode == 0, made.stderr[-2000:]
    built = ran([go, "build", "./..."], tmp_path / "client", {**os.environ, "GOFLAGS": "-mod=mod"})
    assert built.returncode == 0, built.stderr
