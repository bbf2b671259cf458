"""``settings`` lists what holds; ``--set``, the environment and a project's file reach the services of whatever starts a stack."""

import json

import pytest
from command import call

from elements_local.stack.stack_settings import every_setting

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
    assert (listed["token"]["value"], listed["token"]["origin"]) == ("********", "environment")
    assert listed["sink.streams"]["origin"] == "default"
    assert "hush" not in done.stdout


def test_one_setting_is_told_in_full(tmp_path):
    told = call("settings", "platform.batch-size", cwd=tmp_path).stdout

    for part in (
        "10 (default)",
        "ELEMENTS_LOCAL_PLATFORM_BATCH_SIZE",
        "[tool.elements-local.platform] batch_size",
    ):
        assert part in told


def test_replay_goes_by_what_is_set(tmp_path):
    (tmp_path / "it.yaml").write_text(EMPTY_BLOCK)
    words = ["replay", "it.yaml"]

    usual = call(*words, cwd=tmp_path)
    by_flag = call(*words, "--set", "platform.empty_block=skip", cwd=tmp_path)
    by_environment = call(*words, cwd=tmp_path, ELEMENTS_LOCAL_PLATFORM_EMPTY_BLOCK="skip")
    (tmp_path / "pyproject.toml").write_text("[tool.elements-local.platform]\nempty-block = 'skip'\n")
    by_project = call(*words, cwd=tmp_path)

    assert usual.returncode == 1, usual.stdout
    assert [done.returncode for done in (by_flag, by_environment, by_project)] == [0, 0, 0]


@pytest.mark.parametrize("origin", ["option", "ini", "environment", "project"])
def test_pytest_goes_by_what_is_set(pytester, monkeypatch, origin):
    pytester.mkdir("scenarios").joinpath("it.yaml").write_text(EMPTY_BLOCK)
    words = ["--elements-set", "platform.empty_block=skip"] if origin == "option" else []
    if origin == "ini":
        pytester.makeini("[pytest]\nelements_set = platform.empty_block=skip\n")
    if origin == "environment":
        monkeypatch.setenv("ELEMENTS_LOCAL_PLATFORM_EMPTY_BLOCK", "skip")
    if origin == "project":
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
