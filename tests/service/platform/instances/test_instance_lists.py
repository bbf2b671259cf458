"""``GET /instances`` and its relatives: conditions, pages, light lists, counts, and 404 where there is nothing."""

from urllib.parse import quote, urlencode

import pytest

from elements_local.clients import BASE_PATH
from elements_local.guide import instance_body
from elements_local.kit.api.json_text import decode

NOTHING = "No element instances found"
LISTS = {
    "all": "/instances",
    "of an element by key": "/elements/insightly/instances",
    "of an element by id": "/elements/5993/instances",
    "of the account": "/accounts/instances",
    "of an account": "/accounts/{account}/instances",
}


@pytest.fixture
def get(clients):
    def send(path, **query):
        return clients.platform.send(
            "GET", f"{BASE_PATH}{path}" + (f"?{urlencode(query, doseq=True)}" if query else "")
        )

    return send


def ids(reply):
    return [each["id"] for each in decode(reply.body)]


@pytest.mark.parametrize("path", ["/instances", "/elements/insightly/instances", "/accounts/instances"])
def test_a_list_without_any_is_404(get, refused, path):
    assert refused(get(path), 404) == NOTHING


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"tags[]": "a"}, [0, 1]),
        ({"tags[]": ["a", "b"]}, [1]),
        ({"tags[]": ["b", "a", "a"]}, [1]),
        ({"tags[]": "c d, é"}, [2]),
        ({"searchText": "west"}, [1, 2]),
        ({"searchText": "insightly"}, [0, 1, 2]),
        ({"searchText": "SIGHT"}, [0, 1, 2]),
        ({"searchText": "west", "tags[]": "a"}, [1]),
        ({"searchText": ""}, [0, 1, 2]),
        ({"tags": "nothing"}, [0, 1, 2]),
    ],
)
def test_instances_are_found_by_all_their_tags_and_part_of_their_name_or_key(
    get, make_instance, query, found
):
    made = [
        make_instance(name="East", tags=["a"])["id"],
        make_instance(name="Far West", tags=["a", "b"])["id"],
        make_instance(name="WESTERN", tags=["c d, é"])["id"],
    ]

    assert ids(get("/instances", **query)) == [made[place] for place in reversed(found)]


@pytest.mark.parametrize(
    "query",
    [
        {"tags[]": "A"},
        {"tags[]": "insight"},
        {"tags[]": ["insightly", "x"]},
        {"tags[]": ""},
        {"tags[]": "\0"},
        {"searchText": "nobody"},
        {"searchText": "%"},
        {"searchText": "_y"},
        {"searchText": "' OR 1=1 --"},
        {"searchText": "\0\ud7ff\U0001f680"},
        {"searchText": "x" * 1000},
    ],
    ids=repr,
)
@pytest.mark.usefixtures("instance")
def test_a_search_that_finds_nothing_is_404(get, refused, query):
    assert refused(get("/instances", **query), 404) == NOTHING


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("searchText=" + "x" * 1001, "searchText"),
        ("hydrate=maybe", "hydrate must be true or false; got 'maybe'"),
        ("hydrate=", "hydrate must be true or false; got ''"),
        ("pageSize=0", "pageSize must be a whole number from 1"),
        ("nextPage=b2Zmc2V0OjI=", "nextPage must be a token"),
        ("nextPage=Mg==", "nextPage must be a token"),
        ("nextPage=b2Zmc2V0OjAy", "nextPage must be a token"),
        ("nextPage=" + "A" * 100_000, "nextPage must be a token"),
    ],
    ids=lambda value: value[:30],
)
@pytest.mark.usefixtures("instance")
def test_a_query_that_means_nothing_is_refused(clients, refused, query, words):
    reply = clients.platform.send("GET", f"{BASE_PATH}/instances?{query}")

    assert words in refused(reply, 400)


@pytest.mark.parametrize("hydrate", ["false", "False"])
def test_a_light_list_leaves_the_configurations_out(get, instance, hydrate):
    (light,) = decode(get("/instances", hydrate=hydrate).body)
    (whole,) = decode(get("/instances", hydrate="true").body)

    assert whole.keys() == instance.keys() - {"provisionInteractions"}
    assert light == {key: value for key, value in whole.items() if key != "configuration"}


@pytest.mark.parametrize("path", LISTS.values(), ids=LISTS)
def test_a_walk_by_token_has_everything_once(clients, make_instance, get, path):
    made = [make_instance()["id"] for _ in range(5)][::-1]
    path = path.format(account=account_id(clients))

    pages, query = [], {"pageSize": 2}
    while True:
        reply = get(path, **query)
        pages.append(ids(reply))
        assert reply.headers["elements-total-count"] == "5"
        assert reply.headers["elements-returned-count"] == str(len(pages[-1]))
        token = reply.headers.get("elements-next-page-token")
        if token is None:
            break
        query["nextPage"] = token

    assert pages == [made[:2], made[2:4], made[4:]]


def account_id(clients):
    """Return the account of a workspace's user, as a callback tells it."""
    clients.clock.advance("1m")
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    clients.platform.poll()
    return clients.sink.callbacks()[0]["json"]["message"]["accountId"]


def test_a_token_goes_on_behind_what_was_shown_though_that_is_gone(get, make_instance, instances):
    made = [make_instance()["id"] for _ in range(4)][::-1]
    first = get("/instances", pageSize=2)
    for gone in made[:2]:
        instances("DELETE", f"/{gone}")

    second = get("/instances", pageSize=2, nextPage=first.headers["elements-next-page-token"])

    assert ids(second) == made[2:]
    assert "elements-next-page-token" not in second.headers


def test_two_pages_of_n_are_one_of_two_n(get, make_instance):
    made = [make_instance(tags=["x"] if number % 3 else ["y"])["id"] for number in range(7)]
    expected = [made[number] for number in range(6, -1, -1) if number % 3]

    halves = [ids(get("/instances", **{"tags[]": "x", "pageSize": 2, "page": page})) for page in (1, 2)]

    assert halves[0] + halves[1] == ids(get("/instances", **{"tags[]": "x", "pageSize": 4})) == expected


def test_a_page_has_200_and_a_setting_turns_the_order_round(own_stack):
    clients = own_stack({"ELEMENTS_LOCAL_PLATFORM_INSTANCE_ORDER": "oldest-first"}).workspace()
    body = instance_body(clients.credentials)
    body["configuration"]["event.notification.enabled"] = False
    made = [clients.platform.create_instance(body)["id"] for _ in range(201)]

    first = clients.platform.send("GET", f"{BASE_PATH}/instances")
    token = first.headers["elements-next-page-token"]
    second = clients.platform.send("GET", f"{BASE_PATH}/instances?{urlencode({'nextPage': token})}")

    assert (ids(first), ids(second)) == (made[:200], made[200:])


def test_a_page_larger_than_may_be_had_is_cut_and_said_so(get, instance):
    reply = get("/instances", pageSize=5001)

    assert ids(reply) == [instance["id"]]
    assert "pageSize 5001 is more than 5000" in reply.headers["elements-error"]


def test_instances_are_counted(get, make_instance, instances):
    none = decode(get("/instances/count").body)
    made = [make_instance() for _ in range(3)]
    instances("DELETE", f"/{made[0]['id']}")

    assert none == {"totalInstances": 0, "elementInstances": 0}
    assert decode(get("/instances/count").body) == {"totalInstances": 2, "elementInstances": 2}


def test_pollers_that_were_switched_off_are_listed_until_they_are_enabled(own_stack, refused):
    clients = own_stack({"ELEMENTS_LOCAL_PLATFORM_POLL_FAILURE_LIMIT": "2"}).workspace()
    failing, fine = (clients.platform.create_instance(instance_body(clients.credentials)) for _ in range(2))
    path = f"{BASE_PATH}/instances/polling-disabled"
    clients.crm.script_faults([{"effect": {"status": 500}}])
    clients.platform.poll(failing["id"])
    once = clients.platform.send("GET", path)
    clients.platform.poll(failing["id"])

    listed = clients.platform.send("GET", path)
    clients.crm.script_faults([])
    clients.platform.send("PUT", f"{BASE_PATH}/instances/{failing['id']}/enabled")

    assert refused(once, 404) == NOTHING
    assert ids(listed) == [failing["id"]]
    assert refused(clients.platform.send("GET", path), 404) == NOTHING
    assert clients.clock.advance("15m")["polls"] == 8
    assert fine["id"] != failing["id"]


@pytest.mark.parametrize("element", ["insightly", "5993"])
def test_an_elements_instances_are_made_shown_replaced_and_deleted(
    clients, body_of, instances, refused, element
):
    def call(method, path="", **given):
        return clients.platform.send(method, f"{BASE_PATH}/elements/{element}/instances{path}", **given)

    made = decode(call("POST", json=body_of(element=...)).body)
    path = f"/{made['id']}"

    assert decode(call("GET", path).body) == decode(instances("GET", path).body) == made
    assert decode(call("PUT", path, json=body_of(name="New")).body) == {**made, "name": "New"}
    assert refused(call("PATCH", path, json={}), 405).endswith("it takes DELETE, GET, HEAD, OPTIONS, PUT")
    assert call("DELETE", path).status == 200
    refused(call("GET", path), 404)
    refused(instances("GET", path), 404)


def test_an_elements_instance_is_replaced_without_asking_the_crm_again(clients, instance, body_of):
    clients.crm.script_faults([{"effect": {"drop": True}}])
    path = f"{BASE_PATH}/elements/insightly/instances/{instance['id']}"
    body = body_of({"event.poller.refresh_interval": 5})

    asked = clients.platform.send("PUT", path, json=body)
    unasked = clients.platform.send("PUT", f"{path}?reAuthenticate=false", json=body)

    assert asked.status == 502
    assert decode(unasked.body)["configuration"]["event.poller.refresh_interval"] == "5"


@pytest.mark.parametrize("element", ["hubspot", "1", "INSIGHTLY", "%00"])
@pytest.mark.parametrize(
    ("method", "path"), [("GET", ""), ("POST", ""), ("GET", "/{id}"), ("PUT", "/{id}"), ("DELETE", "/{id}")]
)
def test_instances_of_an_element_that_is_not_there_are_not_found(
    *, clients, instance, body_of, refused, unchanged, element, method, path
):
    path = f"/elements/{element}/instances{path.format(id=instance['id'])}"

    with unchanged():
        reply = clients.platform.send(
            method, BASE_PATH + path, **({"json": body_of()} if method in {"POST", "PUT"} else {})
        )

    assert refused(reply, 404).startswith("No element found with key ")


@pytest.mark.parametrize("account", ["1", "abc", "9" * 30, quote("\0")])
@pytest.mark.usefixtures("instance")
def test_instances_of_an_account_that_is_not_there_are_not_found(get, refused, account):
    assert refused(get(f"/accounts/{account}/instances"), 404).startswith("No account found with ID ")


@pytest.mark.parametrize(
    "path", ["/elements/x/instances", "/elements/x/instances/1", "/accounts/1/instances"]
)
def test_a_stranger_is_refused_before_anything_is_looked_for(stranger, refused, path):
    refused(stranger.send("GET", BASE_PATH + path), 401)


def test_another_workspaces_instances_are_in_no_list(stack_in_process, get, instance):
    other = stack_in_process.new_workspace()
    other.platform.create_instance(instance_body(other.credentials))

    for path in ("/instances", "/elements/insightly/instances", "/accounts/instances"):
        assert ids(get(path)) == [instance["id"]]
    assert decode(get("/instances/count").body)["totalInstances"] == 1
    stack_in_process.delete_workspace(other.credentials.name)
