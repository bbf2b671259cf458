"""``settings`` lists what holds; ``--set``, the environment and a project's file reach the services of whatever starts a stack."""

import json

import pytest
from command import call

from elements_local.stack_settings import every_setting

EMPTY_BLOCK = """scenario: an empty block is skipped
instance: {configuration: {event.poller.configuration: {contacts: {}}}}
steps:
  - create: {contacts/ada: {}}
  - advance: 15m
  - expect: {callbacks: []}
"""


def test_every_setting_is_listed_with_its_value_and_origin(tmp_path):
    (tmp_path / "pyproject.toml").write_text("[tool.elements-local.crm]\nlimits = 'vendor'\n")

    done = call(
        "settings", "--json", "--set", "platform.batch_size=5", cwd=tmp_path, ELEMENTS_LOCAL_TOKEN="hush"
    )

    listed = {each["name"]: each for each in json.loads(done.stdout)["settings"]}
    assert list(listed) == list(every_setting())
    assert (listed["platform.batch_size"]["value"], listed["platform.batch_size"]["origin"]) == (5, "flag")
    assert (listed["crm.limits"]["value"], listed["crm.limits"]["origin"]) == ("vendor", "pyproject.toml")
    assert (listed["token"]["value"], listed["token"]["origin"]) == ("***", "environment")
    assert listed["sink.streams"]["origin"] == "default"
    assert "hush" not in done.stdout


def test_one_setting_is_told_in_full_and_a_slip_gets_the_nearest(tmp_path):
    told = call("settings", "platform.batch-size", cwd=tmp_path)
    refused = call("settings", "platform.batch_siz", cwd=tmp_path)

    for part in (
        "10 (default)",
        "ELEMENTS_LOCAL_PLATFORM_BATCH_SIZE",
        "[tool.elements-local.platform] batch_size",
    ):
        assert part in told.stdout
    assert refused.returncode == 2
    assert "did you mean platform.batch_size?" in refused.stderr


@pytest.mark.parametrize("origin", ["flag", "environment", "project"])
def test_replay_goes_by_what_is_set(tmp_path, origin):
    (tmp_path / "it.yaml").write_text(EMPTY_BLOCK)
    words, env = ["replay", "it.yaml"], {}
    usual = call(*words, cwd=tmp_path)
    if origin == "flag":
        words += ["--set", "platform.empty_block=skip"]
    elif origin == "environment":
        env = {"ELEMENTS_LOCAL_PLATFORM_EMPTY_BLOCK": "skip"}
    else:
        (tmp_path / "pyproject.toml").write_text("[tool.elements-local.platform]\nempty-block = 'skip'\n")

    assert usual.returncode == 1, usual.stdout
    assert call(*words, cwd=tmp_path, **env).returncode == 0


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["replay", ".", "--set", "crm.limit=off"], "did you mean crm.limits?"),
        (["replay", ".", "--target", "http://127.0.0.1:9", "--set", "crm.limits=off"], "leave out --set"),
        (["record", "-o", "x.yaml", "--set", "crm.limits=off"], "leave out --set"),
        (["up", "--wait", "--limits", "vendor"], "leave out --limits"),
        (["up", "--wait", "--set", "crm.limits=vendor"], "leave out --set"),
        (["up", "--set", "crm.limits"], "--set must be NAME=VALUE"),
        (["up", "--set", "crm.limits=on"], "--set crm.limits must be off or vendor"),
    ],
)  # fmt: skip
def test_what_cannot_be_set_is_misuse(tmp_path, words, reason):
    (tmp_path / "it.yaml").write_text(EMPTY_BLOCK)

    refused = call(*words, cwd=tmp_path)

    assert refused.returncode == 2
    assert reason in refused.stderr


@pytest.mark.parametrize(
    "words", [["up"], ["clock", "show"], ["replay", "it.yaml"], ["settings"]], ids=" ".join
)
def test_a_variable_that_nobody_knows_is_misuse_and_hides_no_help(tmp_path, words):
    (tmp_path / "it.yaml").write_text(EMPTY_BLOCK)
    slip = {"ELEMENTS_LOCAL_PLATFORM_ULR": "http://127.0.0.1:9"}

    refused, told = call(*words, cwd=tmp_path, **slip), call(*words, "--help", cwd=tmp_path, **slip)

    assert refused.returncode == 2
    assert "did you mean ELEMENTS_LOCAL_PLATFORM_URL?" in refused.stderr
    assert told.returncode == 0


@pytest.mark.parametrize("origin", ["option", "ini", "environment", "project"])
def test_pytest_goes_by_what_is_set(pytester, monkeypatch, origin):
    pytester.mkdir("scenarios").joinpath("it.yaml").write_text(EMPTY_BLOCK)
    words = []
    if origin == "option":
        words = ["--elements-set", "platform.empty_block=skip"]
    elif origin == "ini":
        pytester.makeini("[pytest]\nelements_set = platform.empty_block=skip\n")
    elif origin == "environment":
        monkeypatch.setenv("ELEMENTS_LOCAL_PLATFORM_EMPTY_BLOCK", "skip")
    else:
        pytester.makefile(".toml", pyproject="[tool.elements-local.platform]\nempty_block = 'skip'\n")
    pytester.makepyfile("""
        def test_it(elements_settings):
            assert elements_settings.environment == {"ELEMENTS_LOCAL_PLATFORM_EMPTY_BLOCK": "skip"}
    """)

    pytester.runpytest(*words).assert_outcomes(passed=2)


def test_pytest_says_what_cannot_be_set_and_where_it_came_from(pytester):
    pytester.makepyfile("def test_it(elements_workspace): ...")

    by_name = pytester.runpytest("--elements-set", "crm.limit=off")
    elsewhere = pytester.runpytest(
        "--elements-set", "crm.limits=off", "--elements-stack", "http://127.0.0.1:9"
    )

    by_name.assert_outcomes(errors=1)
    by_name.stdout.fnmatch_lines(
        ["*--elements-set crm.limit: there is no such setting; did you mean crm.limits?*"]
    )
    elsewhere.stderr.fnmatch_lines(["*leave it out with --elements-stack*"])
