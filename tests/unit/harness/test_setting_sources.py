"""Where settings come from, which goes before which, and what is said of those that cannot be used."""

from pathlib import Path

import pytest
from each_row import each_row

from elements_local.clients.errors import OptionError
from elements_local.kit.clock import Mode
from elements_local.kit.settings import SettingsError, variable
from elements_local.stack.listed_settings import effective, listed
from elements_local.stack.stack_settings import FLAT, SHORTHANDS, Configuration, every_setting
from elements_local.start import Options, in_process

TABLE = "[tool.elements-local]\n"


@pytest.fixture
def project(tmp_path):
    """Write a project's file below the table."""

    def write(text: str) -> Path:
        (tmp_path / "pyproject.toml").write_text(TABLE + text, encoding="utf-8")
        return tmp_path / "pyproject.toml"

    return write


def refusal(configuration: Configuration) -> str:
    with pytest.raises(SettingsError) as refused:
        configuration.environment()
    return str(refused.value)


def assigned(assignment: str) -> None:
    configuration = Configuration()
    configuration.add_assignment(assignment)
    configuration.check()


def value(configuration: Configuration, name: str) -> tuple[object, str]:
    (found,) = (each for each in listed(configuration) if each.name == name)
    return found.value, found.origin


def test_no_two_settings_have_one_variable_and_none_has_two_names():
    names = every_setting()

    assert len({variable(name) for name in names}) == len(names)
    assert not SHORTHANDS.keys() & names.keys()
    assert {target for targets in SHORTHANDS.values() for target in targets} <= names.keys()


def test_every_setting_says_what_it_means_and_what_it_takes():
    assert [name for name, each in every_setting().items() if not (each.about and each.expected)] == []


def test_what_a_setting_is_by_default_can_be_said_of_it():
    """But for those that nothing stands for."""
    for name, each in every_setting().items():
        shown = each.to_json(each.default)
        text = ",".join(shown) if isinstance(shown, list) else str(shown)
        if shown is not None:
            assert each.value_of(text, named=name) == each.default, name


@each_row("name", [name for name in every_setting() if name not in FLAT])
def test_every_setting_of_a_service_is_reached_from_each_origin(project, name):
    each = every_setting()[name]
    group, key = name.split(".")
    shown = each.to_json(each.default)
    text = "x" if shown in (None, []) else str(shown)
    by_flag = Configuration()
    by_flag.add_assignment(f"{name}={text}")
    path = project(f'[tool.elements-local.{group}]\n{key} = "{text}"\n')

    assert by_flag.environment() == {variable(name): text}
    assert Configuration({variable(name): text}).environment() == {variable(name): text}
    assert Configuration({}, path).environment() == {variable(name): text}


def test_flags_go_before_the_environment_that_before_the_project_that_before_the_default(project):
    path = project("[tool.elements-local.platform]\nbatch_size = 3\n")
    by_project, by_variable = (
        Configuration({}, path),
        Configuration({"ELEMENTS_LOCAL_PLATFORM_BATCH_SIZE": "4"}, path),
    )
    by_flag = Configuration({"ELEMENTS_LOCAL_PLATFORM_BATCH_SIZE": "4"}, path)
    by_flag.add_assignment("platform.batch-size=5")

    name = "platform.batch_size"
    assert value(Configuration(), name) == (10, "default")
    assert value(by_project, name) == (3, str(path))
    assert value(by_variable, name) == (4, "environment")
    assert value(by_flag, name) == (5, "flag")


def test_shorthands_of_flags_and_projects_are_the_settings_that_they_stand_for(project):
    path = project('limits = "vendor"\nallow-host = ["a.example", "b.example"]\n')
    typed = Configuration({"ELEMENTS_LOCAL_CRM_LIMITS": "off"}, path)

    assert typed.environment() == {
        "ELEMENTS_LOCAL_CRM_LIMITS": "off",
        "ELEMENTS_LOCAL_PLATFORM_ALLOW_HOSTS": "a.example,b.example",
        "ELEMENTS_LOCAL_SINK_ALLOW_HOSTS": "a.example,b.example",
    }
    typed.add_flag("--limits", "limits", "vendor")
    assert typed.environment()["ELEMENTS_LOCAL_CRM_LIMITS"] == "vendor"


@each_row(
    ("written", "name", "holds"),
    [
        ("[tool.elements-local.crm]\nsearch_inclusive = true", "crm.search_inclusive", True),
        ("[tool.elements-local.crm]\ndaily-limit = 7", "crm.daily_limit", 7),
        ("[tool.elements-local.sink]\nforward_timeout = 2.5", "sink.forward_timeout", 2.5),
        ('[tool.elements-local.crm]\ncustom_objects = ["A__c", "B__c"]', "crm.custom_objects", "A__c,B__c"),
        ("crm = { put_status = 201 }", "crm.put_status", 201),
        ("keep-ties = true", "keep_ties", True),
        ("start = 2026-05-01T00:00:00Z", "start", "2026-05-01T00:00:00+00:00"),
        ('connector = ["a.b:C"]', "connectors", ["a.b:C"]),
        ('served-as = ["b", "a"]', "served_as", ["a", "b"]),
    ],
)
def test_a_project_writes_values_as_toml_has_them(project, written, name, holds):
    assert value(Configuration({}, project(written)), name)[0] == holds


@each_row(
    ("variables", "told"),
    [
        ({"PLATFORM_BATCH_SIZ": "5"}, "did you mean ELEMENTS_LOCAL_PLATFORM_BATCH_SIZE?"),
        ({"PLATFROM_BATCH_SIZE": "5"}, "did you mean ELEMENTS_LOCAL_PLATFORM_BATCH_SIZE?"),
        ({"KEEP_TIE": "true"}, "did you mean ELEMENTS_LOCAL_KEEP_TIES?"),
        ({"CRM_ULR": "http://x"}, "did you mean ELEMENTS_LOCAL_CRM_URL?"),
        ({"PLATFORM_CRM_URL": "http://x"}, "there is no such setting"),
        ({"PLATFORM_BATCH_SIZE": "ten"}, "ELEMENTS_LOCAL_PLATFORM_BATCH_SIZE must be a whole number from 1"),
    ],
)
def test_a_variable_that_cannot_be_used_is_named(variables, told):
    named = {f"ELEMENTS_LOCAL_{name}": text for name, text in variables.items()}

    assert told in refusal(Configuration(named))
    with pytest.raises(OptionError, match="ELEMENTS_LOCAL_"), in_process(Options(environment=named)):
        pass


@each_row(("written", "told"), [
        ("kep-ties = true", "[tool.elements-local] kep-ties: there is no such setting; did you mean [tool.elements-local] keep_ties?"),
        ("[tool.elements-local.crm]\nlimit = 1", "did you mean [tool.elements-local.crm] limits?"),
        ("[tool.elements-local.platfrom]\nbatch_size = 1", "did you mean [tool.elements-local.platform] batch_size?"),
        ("[tool.elements-local.platform]\nbatch_size = 0", "[tool.elements-local.platform] batch_size must be a whole number from 1"),
        ("[tool.elements-local.crm]\nsearch_inclusive = 1", "must be true or false; got '1'"),
        ("[tool.elements-local.crm]\ncountry = { a = 1 }", "country must be a text, a number, true, false"),
        ('limits = "off"\n[tool.elements-local.crm]\nlimits = "off"', "[tool.elements-local] limits sets the same"),
        ("start = 12:00:00", "start must be a text, a number"),
        ("a = ", "pyproject.toml: "),
    ])  # fmt: skip
def test_what_a_project_has_that_cannot_be_used_is_named(project, written, told):
    path = project(written)

    said = refusal(Configuration({}, path))

    assert said.startswith(f"{path}: ")
    assert told in said


@each_row(("assignment", "told"), [
        ("platform.batch_siz=5", "--set platform.batch_siz: there is no such setting; did you mean platform.batch_size?"),
        ("platform_batch_size=5", "did you mean platform.batch_size?"),
        ("crm.limits=on", "--set crm.limits must be off or vendor; got 'on'"),
        ("crm.limits", "--set must be NAME=VALUE, such as platform.batch_size=5; got 'crm.limits'"),
        ("records=3", "--set records: commands that use it have --records; set it by that"),
        ("platform.url=http://x", "--set platform.url: there is no such setting"),
    ])  # fmt: skip
def test_an_assignment_that_cannot_be_used_is_named(assignment, told):
    with pytest.raises(SettingsError) as refused:
        assigned(assignment)

    assert told in str(refused.value)


def test_variables_of_other_programs_and_of_the_projects_own_tests_are_passed_over():
    others = {"PATH": "", "ELEMENTS_LOCAL_TEST_ORDERS": "20", "_ELEMENTS_LOCAL_COMPLETE": "bash_source"}

    assert Configuration(others).environment() == {}


def test_a_variable_that_is_set_to_nothing_is_not_set_unless_a_service_takes_that():
    empty = Configuration({"ELEMENTS_LOCAL_HOST": "", "ELEMENTS_LOCAL_PLATFORM_UNSET_VALUE": ""})

    assert value(empty, "host") == ("127.0.0.1", "default")
    assert value(empty, "platform.unset_value") == ("", "environment")


def test_what_a_profile_chooses_is_listed_as_what_holds():
    chosen = Configuration(
        {"ELEMENTS_LOCAL_PLATFORM_PROFILE": "open-connectors", "ELEMENTS_LOCAL_PLATFORM_RAW_FORM": "2018"}
    )

    assert value(chosen, "platform.retry_schedule") == ("open-connectors", "platform.profile")
    assert value(chosen, "platform.unset_value") == ("", "platform.profile")
    assert value(chosen, "platform.raw_form") == ("2018", "environment")


def test_secrets_are_masked():
    chosen = Configuration(
        {"ELEMENTS_LOCAL_TOKEN": "hush", "ELEMENTS_LOCAL_DATABASE": "postgresql://u:hush@h/x"}
    )

    assert value(chosen, "token") == value(chosen, "database") == ("********", "environment")


def test_a_clocks_mode_is_taken_by_its_word_and_no_other_word_is():
    assert Options(mode="real").mode is Mode.REAL
    with pytest.raises(OptionError, match="mode must be 'real' or 'virtual'; got 'fast'"):
        Options(mode="fast")


def test_a_running_stack_lists_what_it_goes_by_and_no_more_than_it_knows():
    chosen = Configuration({"ELEMENTS_LOCAL_SINK_BIN_CALLBACKS": "9"})
    chosen.add_flag("--clock", "clock", "real")
    hidden = {"ELEMENTS_LOCAL_PLATFORM_PASSWORDS": "secret"}

    typed = {each.name: each for each in effective(chosen, {}, ("platform", "crm", "sink"), hidden)}
    alone = {
        each.name: each for each in effective(None, {variable("sink.bin_callbacks"): "9"}, ("sink",), {})
    }

    assert (typed["clock"].value, typed["clock"].origin) == ("real", "flag")
    assert (typed["sink.bin_callbacks"].value, typed["sink.bin_callbacks"].origin) == (9, "environment")
    assert (typed["platform.passwords"].value, typed["platform.passwords"].origin) == ("secret", "up --host")
    assert typed["platform.batch_size"].origin == "default"
    assert not [name for name in typed if name.startswith(("tenant_", "platform_url", "token"))]
    assert alone["sink.bin_callbacks"].value == 9
    assert {name.partition(".")[0] for name in alone if "." in name} == {"sink"}
    assert "clock" not in alone
