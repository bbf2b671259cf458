"""Misuse of commands: exit status 2, one reason on standard error, no traceback, and nothing is done."""

from pathlib import Path

from command import call

NOBODYS = "postgresql+psycopg://nobody@127.0.0.1:1/none"
A_SCENARIO = "scenario: it is quiet\nsteps: [advance: 1m]\n"

MISUSES = {
    # commands
    "clok": "Did you mean 'clock'?",
    "completion tcsh": "'tcsh' is not one of 'bash', 'zsh', 'fish'",
    "clock advance": "give a duration, or --to INSTANT",
    "clock advance until contacts": "expected until callbacks=2 objectType=contacts, or one of them; got until contacts",
    "clock show --platform-url http://127.0.0.1:9": "no answer from http://127.0.0.1:9",
    "clock show --crm-url nowhere --platform-url http://127.0.0.1:9": "`elements-local up` starts one",
    "replay": "say which: elements-local replay scenarios",
    "replay nowhere": "nowhere is not there",
    "replay it.yaml --tag nothing": "no scenarios match",
    "record --platform-url http://127.0.0.1:9": "'--output'",
    "listen --platform-url http://127.0.0.1:9": "`elements-local up` starts one",
    "settings platform.batch_siz": "did you mean platform.batch_size?",
    # a start
    "up --crm-port 4700": "each service needs its own port",
    "up --crm-port 70000": "--crm-port must be a whole number from 0 to 65535; got '70000'",
    "up --start soon": "--start must be an instant of 1900 to 9000, such as 2026-03-02T10:00:00Z",
    "up --start 1899-12-31": "--start must be an instant of 1900 to 9000, such as",
    "up --clock slow": "--clock must be virtual or real; got 'slow'",
    "up --data x --database y": "--data or --database, not both",
    "up --database nonsense": "'nonsense' is not a URL of a database",
    "up --database mainframe://x": "is not a URL of a database",
    "up --speed 60": "--speed needs a clock that runs by itself: add --clock real",
    "up --speed 60 --clock real --data kept": "only a PostgreSQL can keep it",
    "up --speed 60 --clock real --database sqlite:///kept.db": "only a PostgreSQL can keep it",
    "up --speed 60 --clock real --database postgresql://127.0.0.1:1/none": "cannot be reached",
    "up --speed 0 --clock real": "a whole number from 1 to 86400",
    "up --fresh": "--fresh begins anew what --data or --database keeps: give one of them, or leave it out",
    # waiting
    "up --wait --records 3 --seed 4": "--wait starts nothing; leave out --seed, --records",
    "up --wait --data kept --fresh": "--wait starts nothing; leave out --data, --fresh",
    "up --wait --limits vendor": "leave out --limits",
    "up --wait --set crm.limits=vendor": "leave out --set",
    "up --wait --crm-port 0": "--wait has to know the ports; 0 is any",
    "up --wait --timeout -1": "--timeout",
    "up --timeout 3": "that is for --wait; leave out --timeout",
    "up --role worker --wait": "--wait waits for what answers at a port, and a worker opens none",
    # one service alone, or one of several processes
    "up --role platform": "--role platform is one of several processes",
    "up --role sink --records 3": "--records are the CRM's",
    "up --role worker": "--role worker is one of several processes that keep a stack together",
    "up --role platform --data kept": "give --database postgresql+psycopg://...",
    "up --crm-url http://crm:4701": "--crm-url is for several processes",
    f"up --role crm --platform-url platform:4700 --database {NOBODYS}": (
        "--platform-url must be a URL such as http://platform:4700, without a path; got 'platform:4700'"
    ),
    f"up --role sink --crm-url http://crm:4701/v3.1 --database {NOBODYS}": (
        "without a path; got 'http://crm:4701/v3.1'"
    ),
    f"up --role crm --records 3 --database {NOBODYS}": "run `elements-local seed` once they answer",
    f"up --role crm --crm-port 0 --host 0.0.0.0 --database {NOBODYS}": (
        "give each the same --token, or ELEMENTS_LOCAL_TOKEN"
    ),
    # settings
    "up --set crm.limits": "--set must be NAME=VALUE",
    "up --set crm.limits=on": "--set crm.limits must be off or vendor",
    "replay it.yaml --set crm.limit=off": "did you mean crm.limits?",
    "replay it.yaml --target http://127.0.0.1:9 --set crm.limits=off": "leave out --set",
    "record -o it.yaml": "cannot write it.yaml: it is there already; --force writes over it",
    "record -o x.yaml --set crm.limits=off": "leave out --set",
}  # fmt: skip
"""What is typed -> a part of what is said."""

IN_THE_ENVIRONMENT = {
    ("ELEMENTS_LOCAL_PLATFORM_BATCH_SIZE", "ten"): "ELEMENTS_LOCAL_PLATFORM_BATCH_SIZE must be a whole number from 1",
    ("ELEMENTS_LOCAL_PLATFORM_ULR", "http://127.0.0.1:9"): "did you mean ELEMENTS_LOCAL_PLATFORM_URL?",
}  # fmt: skip
IN_A_PROJECT = {
    "[tool.elements-local]\nworkspce = 1\n": "did you mean [tool.elements-local] workspace?",
    "[tool.elements-local]\na = \n": "pyproject.toml: ",
}


def said(*words: str, folder: Path, **env: str) -> str:
    """Return what is said of a misuse, on one line."""
    done = call(*words, cwd=folder, **env)
    assert (done.returncode, done.stdout) == (2, ""), (words, done)
    assert "Traceback" not in done.stderr
    return " ".join(done.stderr.split())


def test_each_misuse_is_named_with_what_to_do_and_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "it.yaml").write_text(A_SCENARIO)

    told = {words: said(*words.split(), folder=tmp_path) for words in MISUSES}

    assert {words: told[words] for words, reason in MISUSES.items() if reason not in told[words]} == {}
    assert [path.name for path in tmp_path.iterdir()] == ["it.yaml"]


def test_a_variable_that_is_wrong_or_that_nobody_knows_is_misuse_of_every_command_and_hides_no_help(
    tmp_path: Path,
) -> None:
    (tmp_path / "it.yaml").write_text(A_SCENARIO)
    for (name, value), reason in IN_THE_ENVIRONMENT.items():
        assert reason in said("up", folder=tmp_path, **{name: value})
    slip, value = "ELEMENTS_LOCAL_PLATFORM_ULR", "http://127.0.0.1:9"
    for words in (["clock", "show"], ["replay", "it.yaml"], ["settings"]):
        assert slip in said(*words, folder=tmp_path, **{slip: value})
        assert call(*words, "--help", cwd=tmp_path, **{slip: value}).returncode == 0


def test_a_projects_file_that_is_wrong_is_misuse(tmp_path: Path) -> None:
    for text, reason in IN_A_PROJECT.items():
        (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")

        assert reason in said("clock", "show", folder=tmp_path)
