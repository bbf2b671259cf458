"""A stack that others can reach: nothing that is published opens it, and it says who can do what."""

import json

import pytest
import requests
from deadline import DEADLINE_S
from processes import started

from elements_local.clients.errors import OptionError
from elements_local.clients.workspace_clients import BASE_PATH, Credentials
from elements_local.commands.command_line.foreground import print_what_runs
from elements_local.kit.web.guard import TOKEN_HEADER
from elements_local.kit.workspaces.workspace import DOCUMENTED, seeded_secrets
from elements_local.stack.exposure import guard, is_exposed, who_can_reach
from elements_local.start import Options, on_ports

EVERYWHERE = "0.0.0.0"  # noqa: S104 - that is the point
KNOWN = Credentials(name="default", crm_username="owner@default.example", **vars(DOCUMENTED))


def exposed(**options):
    return on_ports(Options(host=EVERYWHERE, ports=(0, 0, 0), **options))


@pytest.fixture(scope="module")
def reached():
    """A stack that others can reach, of the usual options."""
    with exposed() as stack:
        yield stack


@pytest.fixture(scope="module")
def on_loopback():
    with on_ports(Options(ports=(0, 0, 0))) as stack:
        yield stack


def opened(stack, credentials):
    """Return what the platform and the CRM answer to who has these."""
    clients = stack.clients(credentials)
    asked = (
        clients.platform.send("GET", f"{BASE_PATH}/organizations/me"),
        clients.crm.send("GET", "/v3.1/Users"),
    )
    return tuple(reply.status for reply in asked)


def secrets_of(credentials):
    return credentials.organization_secret, credentials.user_secret, credentials.crm_api_key


def sign_in(stack, username, password):
    clients = stack.clients(KNOWN)
    body = {"username": username, "password": password}
    return clients.platform.send("POST", f"{BASE_PATH}/authentication", json=body).status


def test_on_loopback_the_documented_secrets_open_the_default_workspace(on_loopback):
    assert opened(on_loopback, KNOWN) == (200, 200)
    assert on_loopback.token is None
    assert who_can_reach(on_loopback, Options()) == ""


def test_bound_to_another_address_they_open_nothing_and_fresh_ones_do(reached):
    fresh = reached.workspace().credentials

    assert opened(reached, KNOWN) == (401, 401)
    assert opened(reached, fresh) == (200, 200)
    assert set(secrets_of(fresh)).isdisjoint(secrets_of(KNOWN))


def test_fresh_secrets_are_of_each_stack_its_own_and_kept_with_the_data(reached, tmp_path):
    with exposed(data=tmp_path) as stack:
        before = stack.workspace().credentials
    assert set(secrets_of(before)).isdisjoint(secrets_of(reached.workspace().credentials))
    with exposed(data=tmp_path) as stack:
        assert secrets_of(stack.workspace().credentials) == secrets_of(before)
        assert opened(stack, before) == (200, 200)
    with on_ports(Options(ports=(0, 0, 0), data=tmp_path)) as stack:
        assert opened(stack, KNOWN) == (401, 401)
    with (
        pytest.raises(OptionError, match="leave out --known-secrets"),
        on_ports(Options(ports=(0, 0, 0), data=tmp_path, known_secrets=True)),
    ):
        pytest.fail("they are the data's own")


def test_who_wants_the_documented_ones_says_so():
    with exposed(known_secrets=True) as stack:
        assert opened(stack, KNOWN) == (200, 200)
        assert stack.http.send("GET", f"{stack.addresses.crm}/_local/changes").status == 403
        told = who_can_reach(stack, Options(host=EVERYWHERE, known_secrets=True))
        assert "the documented secrets, which everybody knows" in told


def test_data_with_the_documented_secrets_are_not_shown_to_others_unless_that_is_meant(tmp_path):
    with on_ports(Options(ports=(0, 0, 0), data=tmp_path)):
        pass

    with pytest.raises(OptionError, match="give --known-secrets if that is meant"), exposed(data=tmp_path):
        pass
    with exposed(data=tmp_path, known_secrets=True) as stack:
        assert opened(stack, KNOWN) == (200, 200)


def test_no_secret_of_a_workspace_that_is_made_there_follows_from_its_seed(reached, on_loopback):
    made, reproducible = (
        one.new_workspace(name="team", seed=7).credentials for one in (reached, on_loopback)
    )
    guessed = seeded_secrets(7, "team")

    assert set(secrets_of(made)).isdisjoint(vars(guessed).values())
    assert secrets_of(reproducible) == tuple(vars(guessed).values())


def signed_in(stack):
    """Sign in, and return the user's id and the token."""
    clients = stack.workspace()
    (user,) = clients.platform.call("GET", f"{BASE_PATH}/users")
    credentials = {"username": clients.credentials.crm_username, "password": clients.credentials.user_secret}
    token = clients.platform.call("POST", f"{BASE_PATH}/authentication", json=credentials)["token"]
    return user["id"], token


def test_no_token_can_be_told_from_what_is_published(reached, on_loopback):
    """Ids follow from the seed, which is the documented one."""
    theirs, known = signed_in(reached), signed_in(on_loopback)

    assert theirs[0] == known[0]
    assert theirs[1] != known[1]


def test_signing_in_takes_the_users_secret_unless_a_setting_says_otherwise(reached):
    mine = reached.workspace().credentials

    assert sign_in(reached, mine.crm_username, "anything") == 401
    assert sign_in(reached, mine.crm_username, DOCUMENTED.user_secret) == 401
    assert sign_in(reached, mine.crm_username, mine.user_secret) == 200
    with exposed(environment={"ELEMENTS_LOCAL_PLATFORM_PASSWORDS": "any"}) as stack:
        assert sign_in(stack, stack.workspace().credentials.crm_username, "anything") == 200


NAMES = {"localhost": 200, "10.0.0.7:4700": 200, "stack.example": 200, "evil.example": 403}
ORIGINS = {"https://app.example": True, "https://evil.example": False}


def test_each_service_answers_to_its_addresses_names_and_origins_that_it_was_told():
    told = {
        "ELEMENTS_LOCAL_SERVED_AS": "stack.example",
        "ELEMENTS_LOCAL_ALLOW_ORIGINS": "https://app.example",
    }
    with exposed(environment=told) as stack:
        for url in stack.addresses.running.values():
            asked = {TOKEN_HEADER: stack.token}
            by_name = {
                host: stack.http.send("GET", f"{url}/_local/health", headers={**asked, "Host": host}).status
                for host in NAMES
            }
            answered = {
                origin: stack.http.send("POST", f"{url}/v3.1/Contacts", headers={"Origin": origin}).status
                for origin in ORIGINS
            }

            assert by_name == NAMES
            assert {origin: status != 403 for origin, status in answered.items()} == ORIGINS


def test_a_name_that_it_was_bound_to_is_one_that_it_was_told():
    with on_ports(Options(host="localhost", ports=(0, 0, 0))) as stack:
        assert stack.token is None
        assert opened(stack, KNOWN) == (200, 200)


def test_names_and_origins_come_from_a_projects_own_file_too(tmp_path):
    project = 'served-as = "stack.example"\nallow_origin = ["https://app.example"]'
    (tmp_path / "pyproject.toml").write_text(f"[tool.elements-local]\n{project}\n", encoding="utf-8")
    with started("up", "--role", "sink", "--sink-port", "0", "--json", cwd=tmp_path) as process:
        url = json.loads(process.stdout.readline())["sink"]
        answers = [
            requests.get(url, headers=headers, timeout=DEADLINE_S).status_code
            for headers in (
                {"Host": "stack.example"}, {"Origin": "https://app.example"}, {"Host": "evil.example"},
            )
        ]  # fmt: skip

    assert answers == [200, 200, 403]


REACHED = {
    None: "can call the platform and the CRM with the secrets below, send callbacks to the sink, and with the",
    "crm": "can call the CRM with the secrets below, and with the admin token",
    "sink": "can send callbacks to the sink, and with the admin token",
}


def test_a_paragraph_says_who_can_reach_what_runs_and_by_which_names(capsys):
    served = {"ELEMENTS_LOCAL_SERVED_AS": "stack.example"}
    for role, told in REACHED.items():
        options = Options(host=EVERYWHERE, ports=(0, 0, 0), role=role, environment=served)
        with on_ports(options) as stack:
            paragraph = " ".join(who_can_reach(stack, options).split())
            print_what_runs(stack, as_json=False)

        assert told in paragraph
        assert "a name that it knows (stack.example)" in paragraph
        assert DOCUMENTED.user_secret not in capsys.readouterr().out


def test_a_token_that_is_given_counts_on_loopback_too_and_leaves_the_documented_secrets():
    with on_ports(Options(ports=(0, 0, 0), token="ours")) as stack:
        url = f"{stack.addresses.crm}/_local/journal"
        answers = [
            stack.http.send("GET", url, headers=headers).status
            for headers in ({}, {TOKEN_HEADER: "other"}, {TOKEN_HEADER: "ours"})
        ]

        assert answers == [403, 403, 200]
        assert opened(stack, KNOWN) == (200, 200)


def test_a_token_that_is_given_is_the_one_where_others_can_reach_the_stack_and_is_not_shown(capsys):
    with exposed(token="ours-alone") as stack:
        assert stack.token == "ours-alone"
        assert opened(stack, KNOWN) == (401, 401)
        for as_json in (True, False):
            print_what_runs(stack, as_json=as_json, shows_token=False)
            shown = capsys.readouterr().out

            assert "ours-alone" not in shown
            assert ("admin token          the one that was given" in shown) is not as_json


def part(role="crm", **options):
    return Options(role=role, database="postgresql+psycopg://nobody@127.0.0.1:1/none", **options)


def test_a_part_of_a_stack_that_others_can_reach_is_refused_without_a_token():
    with pytest.raises(OptionError, match=r"others can reach 0\.0\.0\.0.* one token for all of them"):
        guard(part(host=EVERYWHERE), exposed=True)

    assert guard(part(), exposed=False).token is None
    assert guard(part(host=EVERYWHERE, token="ours"), exposed=True).token == "ours"


def test_whoever_has_the_token_of_a_stack_of_several_may_be_reached_elsewhere():
    loopback = ["127.0.0.1"]

    assert is_exposed(part("worker", token="ours"), [])
    assert is_exposed(part(token="ours"), loopback)
    assert is_exposed(Options(), ["10.0.0.7"])
    assert not is_exposed(part("worker"), [])
    assert not is_exposed(part(), loopback)
    assert not is_exposed(Options(token="ours"), loopback)


def test_the_name_that_a_service_of_this_process_is_called_by_is_one_that_it_was_told():
    urls = {"platform": "http://platform:4700", "crm": "http://crm:4701"}

    assert guard(part("crm", urls=urls), exposed=False).served_as == {"crm"}
    assert guard(part("worker", urls=urls), exposed=False).served_as == {"platform"}
