"""What users read, as text: helps, lists, documents, what commands print, reports of tests that fail."""

import json
import os
import re
import shlex
import subprocess
import sys
from collections import Counter
from pathlib import Path
from shutil import copyfile

import click
from accepting import matches
from command import call
from differences import Comparison, Difference, Renames
from sequences import URLS, Body

from elements_local.commands.cli import cli
from elements_local.start import Options, on_ports

HERE = Path(__file__).parent
KEPT = HERE / "artefacts"
SAMPLES = HERE / "samples"

VOLATILE = (
    (r"\d+\.\d+ ?s(?:econds)?\b", "<seconds>"),
    (r'(?<= time=")[\d.]+', "<seconds>"),
    (r'(?<= timestamp=")[^"]+|(?<= hostname=")[^"]+', "<here>"),
    (r"127\.0\.0\.1:\d{5}", "<address>"),
    (r"(?<=begun )[\w:-]+", "<now>"),
    (r"={3,}", "==="),
    (r"([_-])\1{90,}", r"\1\1\1"),
    (r"(?<=\$schema=).*(?=elements_local/)", "<package>/"),
    (r" {200,}", " "),
    (r"\bws-[0-9a-f]{12}\b", "<workspace>"),
)
"""What is another one each time, and what is shown of it."""

SESSION = """
workspace list
workspace create mine --records 2 --seed 3 --json
workspace delete mine
seed --profile small
clock show
trigger contacts created --field FIRST_NAME=Ada
trigger contacts updated --field LAST_NAME=Lovelace --json
trigger nothing created
clock advance 15m
clock advance --to 2026-03-02T12:00:00Z --json
clock advance soon
clock set 2026-03-03T10:00:00Z
audit
audit --json
explain
explain --json
explain contacts/1
lint --rules
lint body.json
lint body.json --json
sweep body.json
import body.json --output imported.yaml
record --since-start --output recorded.yaml
listen --workspace nobody
reset
reset --all --json
"""
"""Commands, one after the other, on a stack whose workspace has the guide's instance."""


def cheap() -> dict[str, str]:
    """Return what this process can say of itself."""
    made = {"settings.txt": said("settings"), "settings.json": said("settings", "--json")}
    made |= dict(helps(cli, ()))
    made |= {f"completion.{shell}": said("completion", shell) for shell in ("bash", "zsh", "fish")}
    made["fidelity.txt"] = fidelity()
    for service in ("platform", "crm", "sink"):
        made[f"openapi-{service}.json"] = folded(json.loads(said("openapi", service, "--compact")))
        made[f"postman-{service}.txt"] = (
            "\n".join(requests(json.loads(said("postman", service, "--compact")))) + "\n"
        )
    return made


def made(folder: Path) -> dict[str, str]:
    """Return all artefacts as they are made now.

    Args:
        folder: an empty one, for what commands write.
    """
    return cheap() | {"session.txt": session(folder), **reports(folder), "pytest.txt": pytests(folder)}


def kept() -> dict[str, str]:
    """Return all artefacts as they are kept."""
    files = [path for path in KEPT.rglob("*") if path.is_file()]
    return {str(path.relative_to(KEPT)): path.read_text("utf-8") for path in files}


def differences(present: dict[str, str], before: dict[str, str]) -> list[Difference]:
    """Return what differs between artefacts by their names."""
    found = [
        Difference(route=name, kind="artefact missing") for name in sorted(before.keys() - present.keys())
    ]
    found += [
        Difference(route=name, kind="artefact added") for name in sorted(present.keys() - before.keys())
    ]
    for name in sorted(present.keys() & before.keys()):
        found += Comparison(name, Renames()).of_bodies(Body(before[name]), Body(present[name]))
    return found


def accept(present: dict[str, str], patterns) -> list[Difference]:
    """Keep those artefacts as they are now that the patterns name, and return what that changes."""
    before = kept()
    named = {name for name in present.keys() | before.keys() if matches(name, patterns)}
    for name in named:
        path = KEPT / name
        if name in present:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(present[name], "utf-8")
        else:
            path.unlink()
    return differences(
        {name: text for name, text in present.items() if name in named},
        {name: text for name, text in before.items() if name in named},
    )


def helps(command, words):
    """Yield the help of a command and of those below it."""
    yield f"help/{'-'.join(words) or 'elements-local'}.txt", said(*words, "--help")
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            yield from helps(command.get_command(context, name), (*words, name))


def said(*words: str, cwd: Path | None = None, **variables: str) -> str:
    try:
        done = call(*words, cwd=cwd, COLUMNS="80", **variables)
    except Exception as error:  # noqa: BLE001 - a command that breaks is a difference as well
        return f"[{error!r}]\n"
    return done.stdout + done.stderr + (f"[exit status {done.returncode}]\n" if done.returncode else "")


def fidelity() -> str:
    """Return how many claims of each area are how sure."""
    counted = Counter(re.findall(r"^(\[\w[^\]]*\] \w+):", said("fidelity"), re.MULTILINE))
    return "".join(f"{claim}: {count}\n" for claim, count in sorted(counted.items()))


def requests(collection, folder=""):
    """Yield a line for each request of a Postman collection."""
    for item in collection["item"]:
        if "item" in item:
            yield from requests(item, f"{folder}{item['name']} / ")
        else:
            request = item["request"]
            url = request["url"] if isinstance(request["url"], str) else request["url"]["raw"]
            yield f"{folder}{item['name']}: {request['method']} {url} {request.get('body', {}).get('raw', '')}".rstrip()


def session(folder: Path) -> str:
    """Return what commands print, one after the other, on a stack of their own, and what they write."""
    copyfile(SAMPLES / "instance.json", folder / "body.json")
    with on_ports(Options(ports=(0, 0, 0), seed=7, records=1)) as stack:
        _create_instance(stack)
        urls = stack.addresses.running
        variables = {f"ELEMENTS_LOCAL_{name.upper()}_URL": url for name, url in urls.items()}
        told = [
            _prompted(line, said(*shlex.split(line), cwd=folder, **variables))
            for line in SESSION.strip().splitlines()
        ]
    told += [
        _prompted(f"cat {name}", (folder / name).read_text()) for name in ("imported.yaml", "recorded.yaml")
    ]
    text = "\n".join(told)
    for name, url in urls.items():
        text = text.replace(url, URLS[name])
    return stable(text, folder)


def _prompted(line, printed):
    shown = [folded(json.loads(each)) if each.startswith('{"') else each for each in printed.splitlines()]
    return "\n".join((f"$ {line}", *shown, ""))


def _create_instance(stack):
    workspace = json.loads(stack.http.send("GET", f"{stack.addresses.platform}/_local/workspaces").body)[
        "workspaces"
    ][0]
    secrets = f"User {workspace['user_secret']}, Organization {workspace['organization_secret']}"
    body = (SAMPLES / "instance.json").read_text()
    for usual, url in zip(URLS.values(), stack.addresses.running.values(), strict=True):
        body = body.replace(usual, url)
    headers = {"Authorization": secrets, "Content-Type": "application/json"}
    stack.http.send(
        "POST", f"{stack.addresses.platform}/elements/api-v2/instances", headers=headers, body=body.encode()
    )


def reports(folder: Path):
    """Return what a replay of the sample scenarios prints and writes."""
    copyfile(SAMPLES / "scenarios.yaml", folder / "samples.yaml")
    words = ("replay", "samples.yaml", "--junit", "junit.xml", "--html", "report.html")
    printed = said(*words, cwd=folder)
    named = {f"replay/{name}": (folder / name).read_text() for name in ("junit.xml", "report.html")}
    return {name: stable(text, folder) for name, text in (named | {"replay/printed.txt": printed}).items()}


def pytests(folder: Path) -> str:
    """Return what pytest prints of a test and a scenario that fail."""
    (folder / "scenarios").mkdir()
    copyfile(SAMPLES / "scenarios.yaml", folder / "scenarios" / "samples.yaml")
    copyfile(SAMPLES / "failing.py", folder / "test_failing.py")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "--no-header",
            "--tb=short",
            "-p",
            "no:cacheprovider",
            "-p",
            "elements_local.testing.pytest_plugin",
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        # nothing else of the environment: pytest prints more where CI is set; and no plugins of others, which are slow to import
        env={
            "PATH": os.environ.get("PATH", os.defpath),
            "COLUMNS": "1000",
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        },
    )
    return stable(done.stdout, folder)


def stable(text: str, folder: Path) -> str:
    """Return a text without what is another one each time."""
    text = text.replace(str(folder), "<folder>").replace(str(HERE), "<corpus>")
    for pattern, shown in VOLATILE:
        text = re.sub(pattern, shown, text)
    return text


def folded(value, indent="", width=130) -> str:
    """Return JSON with as much on a line as it takes."""
    line = json.dumps(value, ensure_ascii=False)
    if len(indent) + len(line) <= width or not isinstance(value, dict | list) or not value:
        return line
    inner = f"{indent} "
    if isinstance(value, dict):
        parts = [
            f"{json.dumps(key, ensure_ascii=False)}: {folded(each, inner, width)}"
            for key, each in value.items()
        ]
        opening, closing = "{}"
    else:
        parts, (opening, closing) = [folded(each, inner, width) for each in value], "[]"
    return f"{opening}\n{inner}" + f",\n{inner}".join(parts) + f"\n{indent}{closing}"


if __name__ == "__main__":
    # a process that has not made a click.Context of its own: the first one of a command decides what its help says of -h
    click.echo(json.dumps(made(Path(sys.argv[1]))))
