"""Programs that are not changed at all, by the vendors' own hosts, through a real mitmdump."""

import json
import subprocess
import sys
from base64 import b64encode
from collections import Counter

import pytest
from programs import find_program
from pytest_httpserver import HTTPServer

URLS = [
    "https://api.insightly.com/v3.1/Contacts",
    "https://api.NA1.insightly.com/v3.1/Contacts",
    "http://api.insight.ly/v2.2/Contacts",
]
TUNNELED = "127.0.0.2"
"""The fixture's: on the loopback interface, and not among the names that programs call without a proxy."""
REQUESTS = """
import sys, requests
reply = requests.get(sys.argv[1], auth=(sys.argv[2], ""))
print(reply.status_code, reply.text)
"""
JAVA = """
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;

class Ask {
  public static void main(String[] given) throws Exception {
    var asked = HttpRequest.newBuilder(URI.create(given[0])).header("Authorization", given[1]).build();
    var reply = HttpClient.newHttpClient().send(asked, BodyHandlers.ofString());
    System.out.println(reply.statusCode() + " " + reply.body());
  }
}
"""

GO = """
package main

import ("fmt"; "io"; "net/http"; "os")

func main() {
  asked, _ := http.NewRequest("GET", os.Args[1], nil)
  asked.Header.Set("Authorization", os.Args[2])
  reply, err := http.DefaultClient.Do(asked)
  if err != nil { panic(err) }
  body, _ := io.ReadAll(reply.Body)
  fmt.Println(reply.StatusCode, string(body))
}
"""
RUBY = """
require "net/http"
url = URI(ARGV[0])
reply = Net::HTTP.get_response(url, {"Authorization" => ARGV[1]})
puts "#{reply.code} #{reply.body}"
"""
PROGRAMS = {"java": ("Ask.java", JAVA, []), "go": ("ask.go", GO, ["run"]), "ruby": ("ask.rb", RUBY, [])}


def outcome(*command, environment):
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
    return ran.stdout.strip(), ran.stderr


def by_requests(url, *given, environment):
    return outcome(sys.executable, "-c", REQUESTS, url, *given, environment=environment)


@pytest.fixture
def contact(stack):
    clients = stack.workspace()
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    yield clients.credentials.crm_api_key
    clients.reset()


@pytest.mark.parametrize("url", URLS)
def test_requests_reaches_the_crm_by_its_vendors_hosts(contact, environment, url):
    said, _ = by_requests(url, contact, environment=environment)

    status, _, body = said.partition(" ")
    assert (status, [each["FIRST_NAME"] for each in json.loads(body)]) == ("200", ["Ada"])


def test_curl_reaches_the_platform_and_a_vendors_fake(stack, environment):
    curl = find_program("curl")
    credentials = stack.workspace().credentials
    user = f"User {credentials.user_secret}, Organization {credentials.organization_secret}"
    platform = "https://api.cloud-elements.com/elements/api-v2/instances"
    listed, _ = outcome(curl, "-sS", platform, "-H", f"Authorization: {user}", environment=environment)
    bearer = f"Authorization: Bearer {credentials.crm_api_key}"
    fake = "https://api.hubapi.com/crm/v3/objects/contacts"
    contacts, _ = outcome(curl, "-sS", fake, "-H", bearer, environment=environment)

    assert json.loads(listed)["message"] == "No element instances found"
    assert json.loads(contacts)["results"] == []


@pytest.mark.parametrize("name", PROGRAMS)
def test_other_languages_reach_the_crm(contact, environment, tmp_path, name):
    found = find_program(name)
    file, text, options = PROGRAMS[name]
    (tmp_path / file).write_text(text)
    basic = f"Basic {b64encode(f'{contact}:'.encode()).decode()}"
    url = "https://api.insightly.com/v3.1/Contacts"
    said, errors = outcome(found, *options, str(tmp_path / file), url, basic, environment=environment)

    assert said.startswith("200 "), errors
    assert json.loads(said[4:])[0]["FIRST_NAME"] == "Ada"


def test_workspaces_are_told_apart_by_their_credentials(stack, environment):
    found = []
    for name in ("Ada", "Grace"):
        clients = stack.new_workspace()
        clients.crm.create("Contacts", {"FIRST_NAME": name})
        said, _ = by_requests(
            "https://api.insightly.com/v3.1/Contacts",
            clients.credentials.crm_api_key,
            environment=environment,
        )
        found.append([each["FIRST_NAME"] for each in json.loads(said[4:])])

    assert found == [["Ada"], ["Grace"]]


def test_links_carry_the_address_of_the_service(stack, environment):
    clients = stack.workspace()
    curl = find_program("curl")
    sent = ["-d", '{"FIRST_NAME": "Ada"}', "-H", "Content-Type: application/json"]
    url = "https://api.insightly.com/v2.2/Contacts"
    said, _ = outcome(
        curl, "-sSi", url, *sent, "-u", f"{clients.credentials.crm_api_key}:", environment=environment
    )
    clients.reset()

    assert f"ocation: {stack.addresses.crm}/v2.2/Contacts/" in said


@pytest.mark.parametrize(
    "path",
    ["/_local/health", "//_local/health", "/%5flocal/health", "/v3.1/../_local/health", "/%255flocal/health"],
)
def test_admin_routes_are_not_there_by_a_vendors_host(environment, stack, path):
    curl = find_program("curl")
    before = stack.workspace().crm.call("GET", "/_local/journal")["total"]
    said, _ = outcome(
        curl, "-sSi", "--path-as-is", f"https://api.insightly.com{path}", environment=environment
    )

    assert " 404" in said
    assert f"call {stack.addresses.crm}" in said
    assert stack.workspace().crm.call("GET", "/_local/journal")["total"] == before


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_host_that_is_not_played_is_refused_by_name(running, environment, scheme):
    before = running.refused()
    said, errors = by_requests(f"{scheme}://{scheme}.vendor.example/x", "key", environment=environment)

    sentence = f"elements-local refuses {scheme}.vendor.example: no service of the stack stands for it"
    assert sentence in said + errors
    assert running.refused() - before == Counter([f"{scheme}.vendor.example"])


def test_a_tunneled_host_is_passed_on(environment):
    curl = find_program("curl")
    with HTTPServer(host=TUNNELED) as server:
        server.expect_request("/it").respond_with_data("theirs")
        asked = (curl, "-sS", server.url_for("/it"))
        direct = outcome(*asked, environment=environment)
        by_connect = outcome(*asked, "--proxytunnel", environment=environment)
        calls = len(server.log)

    assert [said for said, _ in (direct, by_connect)] == ["theirs", "theirs"]
    assert calls == 2
