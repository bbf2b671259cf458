"""What ``/instances`` refuses: the right status, a message that says what is wrong and where, and nothing changed.

The rules of a configuration have tables of their own in ``tests/unit/platform/configuration``.
"""

from refused_calls import ALL, Group, Refusal, bodies, queries

from elements_local.guide import instance_body

POLLER = "event.poller.configuration"
INTERVAL = "event.poller.refresh_interval"
MAKING = ("POST /instances",)
PUTTING = ("PUT /instances/{instance}",)
PATCHING = ("PATCH /instances/{instance}",)
ANY = MAKING + PUTTING + PATCHING
EACH = PUTTING + PATCHING
ENTRY = ("PATCH /instances/{instance}/configuration/5993001",)
MEGABYTE = 1024 * 1024


def guide(says, configuration=None, /, *, status=400, crm=None, **changes):
    """Return the refusal of the guide's body with changes; ``...`` leaves a key out."""

    def without_left_out(values):
        return {key: value for key, value in values.items() if value is not ...}

    def body(clients):
        given = instance_body(clients.credentials)
        if configuration is not None:
            given["configuration"] = without_left_out(given["configuration"] | configuration)
        return without_left_out(given | changes)

    return Refusal(status=status, says=says, json=body, crm=crm)


def contacts(says, **changes):
    """Return the refusal of a block of a poller."""
    block = {"url": "/hubs/crm/contacts", "idField": "CONTACT_ID"} | changes
    return guide(f"{POLLER}: contacts.{says}", {POLLER: {"contacts": block}})


def raw(says, *texts, status=400):
    return [
        Refusal(status=status, says=says, body=text, headers={"Content-Type": "application/json"})
        for text in texts
    ]


AS_THE_GUIDE_PRINTS_IT = b"""{
  "element": {
    "key": "insightly"
  },
  "configuration": {
    "event.notification.callback.url": "http://mycoolapp.com"
    "event.poller.refresh_interval": "15"
  },
  "name": "API_Polling"
}"""

ANY_CONFIGURATION = [
    guide("configuration needs password", {"password": ""}),
    guide("configuration needs password", {"password": None}),
    guide("configuration needs username and password", {"username": "", "password": None}),
    guide("event.notification.enabled must be true or false", {"event.notification.enabled": "yes"}),
    guide("filter.response.nulls must be true or false; got '[]'", {"filter.response.nulls": []}),
    guide("event.vendor.type must be polling or webhook", {"event.vendor.type": "pigeon"}),
    guide(f"{INTERVAL} must be whole minutes, 1 or more; got '0'", {INTERVAL: 0}),
    guide(f"{INTERVAL} must be whole minutes, 1 or more; got 'true'", {INTERVAL: True}),
    guide(f"{INTERVAL} must be whole minutes, 1 or more; got '[15]'", {INTERVAL: [15]}),
    guide(f"{INTERVAL} must be whole minutes, 1 or more", {INTERVAL: "9" * 5000}),
    guide(f"{POLLER} is not JSON: line 3, column 2", {POLLER: '{\n "a": {}\n "b": {}}'}),
    guide(f"{POLLER} must be an object of resources; got an array", {POLLER: []}),
    guide("'contacts' must be an object; got a text", {POLLER: {"contacts": "x"}}),
    guide("cannot hold U+0000; got 'a", {POLLER: '{"a\\u0000": {"url": "/hubs/crm/contacts"}}'}),
    guide("no poller configuration for 'carrots'; known are: ", {"event.poller.urls": "contacts|carrots"}),
    contacts("url must be a path on the platform", url="//evil.example/"),
    contacts("url: unknown time zone 'Mars'", url="/hubs/crm/contacts?a=${dateTimeZone:Mars:yyyy}"),
    contacts("datesConfiguration must be an object; got []", datesConfiguration=[]),
    contacts(
        "datesConfiguration.updatedDateFormat: date pattern 'yyyy QQ': the letter 'Q'",
        datesConfiguration={"updatedDateField": "A", "updatedDateFormat": "yyyy QQ"},
    ),
    contacts("createdCheckTolerance must be whole", createdCheckTolerance="soon"),
    contacts("pageSize must be a whole number, 1 or more; got 0", pageSize=0),
    contacts("pollDelay must be whole seconds, 0 or more; got -5", pollDelay=-5),
    contacts("filterByCurrentDate must be true or", filterByCurrentDate="maybe"),
]

WRONG_CHANGES = [
    guide("name must be a text that is more than markup; got ''", name=""),
    guide("name must be a text that is more than markup", name="<b><i></i></b>"),
    guide("name must be a text; got 5", name=5),
    guide("tags must be a list of texts; got a text", tags="a"),
    guide("tags[1] must be a text; got 5", tags=["a", 5]),
    guide("configuration must be an object; got an empty list", configuration=[]),
    guide("configuration must be an object; got a text", configuration="{}"),
    guide("providerData must be an object; got a text", providerData="x"),
    guide("providerData.debug must be true or false or ", providerData={"debug": "yes"}),
]

BODIES = [
    *raw("Malformed JSON: the body is empty", b"", b" \n "),
    *raw("Malformed JSON at line 1, column 1", b"My+Insightly", '{"name": "x"}'.encode("utf-16")),
    *raw("Malformed JSON at line 1, column 13", b'{"name": "My'),
    *raw("Malformed JSON at line 1, column 2", b"{'name': 'x'}"),
    *raw("Malformed JSON at line 3, column 1", b'{\n  "name": "x",\n}'),
    *raw("Malformed JSON at line 1, column 4", b"{} {}"),
    *raw("Malformed JSON at line 1, column 12", b'{"name": "a\x01b"}', b'{"name": "a\nb"}'),
    *raw("Malformed JSON at line 1, column 11: a character is not UTF-8", b'{"name": "\xe9"}'),
    *raw("Malformed JSON at line 1", b'{"name": "\\ud800"}', b'{"name": "\\udc00\\ud800"}', b'{"name": NaN}'),
    *raw("Malformed JSON at line 1, column 25: number out of range", b'{"configuration": {"x": 1e999}}'),
    *raw("column 20: number out of range", b'{"element": {"id": ' + b"9" * 5000 + b"}}"),
    *raw("nested deeper than 64 levels", b'{"configuration": {"x": ' + b"[" * 65 + b"]" * 65 + b"}}"),
    *raw("Malformed JSON: nested too deeply", b"[" * 100_000 + b"]" * 100_000),
    *raw("the body must be an object; got an empty list", b"[]"),
    *raw("the body must be an object; got a text", b'"insightly"'),
    *raw("the body must be an object; got null", b"null"),
    *raw(
        """Malformed JSON at line 7, column 5: expected ',' or '}'; got '"event.poller.refresh_interval"'""",
        AS_THE_GUIDE_PRINTS_IT,
    ),
    *raw(f"a body may have 1048576 bytes; this one has {MEGABYTE + 1}", b" " * (MEGABYTE + 1), status=413),
    *(
        Refusal(
            status=415,
            says=f"Content-Type must be application/json; got '{kind}'",
            body=b"{}",
            headers={"Content-Type": kind},
        )
        for kind in ("text/plain", "application/x-www-form-urlencoded", "application/xml", "text/json5")
    ),
]

CRM_ANSWERS = [
    guide("Insightly did not answer: connection closed without an answer", status=502, crm={"drop": True}),
    guide("Insightly did not answer: timed out after 30 s", status=502, crm={"delay_s": 31}),
    guide("Insightly did not answer: connection closed after 5 of", status=502, crm={"truncate": 5}),
    guide("Insightly answered 500", status=502, crm={"status": 500}),
    guide("Insightly answered 503", status=502, crm={"status": 503, "body": "<html>busy</html>"}),
    guide("Insightly answered 429", status=429, crm={"status": 429}),
    guide("Insightly answered 403: no", status=403, crm={"status": 403, "body": {"Message": "no"}}),
    guide("Insightly answered 401", {"password": "wrong"}, status=401),
    *(
        guide("Insightly did not answer: ", {"base.url": url}, status=502)
        for url in (
            "http://[half", "api.insight.ly/v2.2", "ftp://127.0.0.1/", "http://127.0.0.1:99999", "http://",
            "http://127.0.0.1:1", "http://127.0.0.1:1\n/",
        )
    ),
]  # fmt: skip

UNKNOWN_IDS = [
    "0", "-1", "%2B1", "abc", "null", "1.0", "9" * 18, "9" * 5000, "%20", "%F0%9F%98%80", "%D9%A1", "%00", "1%0A",
    "%FF", "1'%20OR%20'1'='1", "{foreign_instance}",
]  # fmt: skip
BELOW_AN_INSTANCE = [
    "GET ", "PUT ", "PATCH ", "DELETE ", "PUT /enabled", "DELETE /enabled", "GET /events", "GET /events/x",
    "GET /configuration", "GET /docs", "GET /transformations", "GET /objects/definitions", "PUT /trace-logging",
]  # fmt: skip
FORMS_OF_A_TOKEN = [
    "PUT /instances", "PATCH /instances", "DELETE /instances", "PUT /instances/enabled", "DELETE /instances/enabled",
    "GET /instances/configuration", "GET /instances/configuration/5993000", "PATCH /instances/configuration/5993000",
    "PUT /instances/trace-logging", "DELETE /instances/trace-logging",
]  # fmt: skip
NO_TOKEN = {
    "User {user}, Organization {organization}": "An Element token is needed here",
    "User {user}, Organization {organization}, Element x": "none of this workspace's",
    "User {user}, Organization {organization}, Element {foreign_token}": "none of this workspace's",
    "User {user}, Organization {organization}, Element {deleted}": "none of this workspace's",
    "User {user}, Element {token}": "An Organization secret is needed",
    "Organization {organization}, Element {token}": "A User secret is needed",
}
PAGES = [
    "page=0", "page=-1", "page=abc", "page=", "page=1.5", "page=%2B1", "page=%D9%A1", "page=1000000000",
    "page=99999999999999999999", "pageSize=0", "pageSize=-1", "pageSize=abc", "pageSize=", "pageSize=1000000000",
]  # fmt: skip
TOKENS = [
    "abc", "YWJj", "b2Zmc2V0Oi0x", "b2Zmc2V0Ojk5OTk5OTk5OTk5OTk5OTk5OTk=", "b2Zmc2V0Og==", "%F0%9F%98%80", "%00",
    "%20", "b2Zm*c2V0OjI=",
]  # fmt: skip
OF_NO_PAGE = [
    *(
        Refusal(
            status=400,
            says=f"{query.partition('=')[0]} must be a whole number from 1 to 999999999; got ",
            query=f"?{query}",
            by=ALL,
        )
        for query in PAGES
    ),
    *(
        Refusal(
            status=400,
            says="nextPage must be a token from Elements-Next-Page-Token; got ",
            query=f"?nextPage={token}",
            by=ALL,
        )
        for token in TOKENS
    ),
]

GROUPS = {
    "a configuration that could not work": Group(ANY, ANY_CONFIGURATION),
    "a configuration without credentials": Group(
        MAKING,
        [
            guide("configuration needs password", {"password": ...}),
            guide("configuration needs password", {"password": "********"}),
            guide("configuration needs username", {"username": ...}),
            *(guide("configuration needs username and password", configuration=none) for none in (None, {})),
        ],
    ),
    "other keys of a body": Group(ANY, WRONG_CHANGES),
    "a body without a name": Group(
        MAKING + PUTTING,
        [guide("name is missing; expected a text", name=none) for none in (..., None)],
    ),
    "what only a create reads": Group(
        MAKING,
        [
            *(guide("element.key or element.id is missing", element=none) for none in (..., {}, None)),
            guide("element must be an object; got a text", element="insightly"),
            guide("element.key must be a text; got 5993", element={"key": 5993}),
            guide("element.id must be a whole number or a text; got 5993.5", element={"id": 5993.5}),
            guide("element.id must be a whole number or a text; got true", element={"id": True}),
            guide("No element found with key hubspot", element={"key": "hubspot"}, status=404),
            guide("No element found with ID -5993", element={"id": -5993}, status=404),
            guide(f"No element found with ID {10**30}", element={"id": 10**30}, status=404),
            guide("externalAuthentication must be a text; got true", externalAuthentication=True),
            guide(
                'retrieveObjectsAfterInstantiation must be true or false; got "yes"',
                retrieveObjectsAfterInstantiation="yes",
            ),
            guide(
                "Insightly answered 500",
                {"base.url": "https://api.insight.ly/v3.1"},
                status=502,
                crm={"status": 500},
                retrieveObjectsAfterInstantiation=True,
            ),
        ],
    ),
    "a change to an element that is not there": Group(
        EACH, [guide("No element found with key hubspot", element={"key": "hubspot"}, status=404)]
    ),
    "a body that is no JSON object": Group(ANY, BODIES),
    "what the CRM does not vouch for": Group(MAKING + PUTTING, CRM_ANSWERS),
    "a password that the CRM does not take": Group(
        PATCHING, bodies(401, {"Insightly answered 401": [{"name": "Other", "configuration": {"password": "x"}}]})
    ),
    "an id that no instance has": Group(
        [f"{row.partition(' ')[0]} /instances/{number}{row.partition(' ')[2]}" for row in BELOW_AN_INSTANCE for number in UNKNOWN_IDS],
        [Refusal(status=404, says="No element instance found with ID ", json={"name": "x"})],
    ),
    "a form without an id": Group(
        FORMS_OF_A_TOKEN,
        [Refusal(status=401, says=says, by=pairs, body=b"{") for pairs, says in NO_TOKEN.items()],
    ),
    "no page": Group(["GET /instances", "GET /instances/events", "GET /hubs/crm/contacts"], OF_NO_PAGE),
    "a query of the list": Group(
        ["GET /instances"],
        [
            *queries(400, {
                "searchText": ["searchText=" + "x" * 1001],
                "hydrate must be true or false; got 'maybe'": ["hydrate=maybe"],
                "hydrate must be true or false; got ''": ["hydrate="],
                "nextPage must be a token": ["nextPage=Mg==", "nextPage=b2Zmc2V0OjAy", "nextPage=" + "A" * 100_000],
            }),
            *queries(404, {"No element instances found": [
                "tags[]=A", "tags[]=insight", "tags[]=insightly&tags[]=x", "tags[]=", "tags[]=%00", "searchText=nobody",
                "searchText=%25", "searchText=_y", "searchText='%20OR%201=1%20--", "searchText=%00%F0%9F%9A%80",
            ]}),
        ],
    ),
    "an element that is not there": Group(
        [
            f"{method} /elements/{element}/instances{below}"
            for element in ("hubspot", "1", "INSIGHTLY", "%00")
            for method, below in (
                ("GET", ""), ("POST", ""), ("GET", "/{instance}"), ("PUT", "/{instance}"), ("DELETE", "/{instance}"),
            )
        ],
        [guide("No element found with key ", status=404)],
    ),
    "a verb that an element's instance does not take": Group(
        ["PATCH /elements/insightly/instances/{instance}"],
        [Refusal(status=405, says="it takes DELETE, GET, HEAD, OPTIONS, PUT", json={})],
    ),
    "an account that is not there": Group(
        [f"GET /accounts/{account}/instances" for account in ("1", "abc", "9" * 30, "%00")],
        [Refusal(status=404, says="No account found with ID ")],
    ),
    "an entry of a configuration": Group(
        ENTRY,
        [
            *raw("propertyValue is missing; expected {", b"{}", b'{"propertyvalue": "x"}'),
            *raw("the body must be an object; got an empty list", b"[]"),
            *raw("the body is empty", b""),
            *raw("nested deeper than 64 levels", b'{"propertyValue": ' + b"[" * 64 + b"]" * 64 + b"}"),
            *raw("a body may have 1048576 bytes", b'{"propertyValue": "x"}'.ljust(MEGABYTE + 1), status=413),
        ],
    ),
    "an entry that is not there": Group(
        [
            f"{method} /instances/{{instance}}/configuration/{number}"
            for method in ("GET", "PATCH")
            for number in ("0", "1", "-1", "abc", "5993000.0", "05993000", "9" * 1000, "%00", "%FF")
        ],
        [Refusal(status=404, says="No configuration found with ID ", json={"propertyValue": "x"})],
    ),
    "an event that is not there": Group(
        [
            f"GET {path}/{number}"
            for path in ("/instances/events", "/instances/{instance}/events")
            for number in ("0", "nothing", "%00", "%F0%9F%98%80", "x" * 500)
        ],
        [Refusal(status=404, says="No event found with ID ")],
    ),
    "how long traces are logged": Group(
        ["PUT /instances/{instance}/trace-logging"],
        bodies(400, {
            "duration is missing; expected {": [{}],
            "duration must be a whole number from 1 to 999999999; got ": [
                {"duration": duration} for duration in (0, "5", True, 10**10)
            ],
        }),
    ),
    "a trace that is not there": Group(
        [f"GET /elements/insightly/trace/{name}" for name in ("x", "0" * 24, "%00", "%FF")],
        [Refusal(status=404, says="No trace found with ID ")],
    ),
    "a document that is not there": Group(
        ["GET /instances/{instance}/docs"],
        [
            *queries(400, {
                "baseUrl must be a URL such as https://": [
                    f"baseUrl={url}" for url in ("api.example.com", "ftp://x", "http://", "http://[half", "%00")
                ],
                "must be true or false": ["basic=maybe", "discovery=", "resolveReferences=1.5"],
            }),
            *queries(404, {"No document found with version 7": ["version=7"]}),
        ],
    ),
    "an operation of no document": Group(
        [
            f"GET /instances/{{instance}}/docs/{operation}{below}"
            for operation in ("nothing", "getcontacts", "%00", "9" * 1000)
            for below in ("", "/definitions")
        ],
        [Refusal(status=404, says="No operation found with ID ")],
    ),
    "a disabled instance's hub": Group(
        [
            "GET /contacts", "GET /contacts/1", "DELETE /contacts/1", "GET /contacts/1/notes", "GET /me", "GET /ping",
            "POST /bulk/query", "GET /bulkloader",
        ],
        [Refusal(status=403, says="is disabled", by="User {user}, Element {disabled}")],
    ),
    "a transformation that is none": Group(
        ["PUT /instances/{instance}/transformations/people"],
        bodies(400, {
            "toVendor of passThrough": [{"configuration": [{"type": "passThrough", "properties": {"toVendor": 0}}]}],
            "type": [{"configuration": [{"properties": {}}]}],
            "configuration": [{"configuration": {"type": "inherit"}}],
            "'a[' is not a path of a field": [{"fields": [{"path": "a[", "vendorPath": "A"}]}],
            "script.body is missing": [{"script": {}}],
            "script": [{"script": "done()"}],
            "isLegacy": [{"isLegacy": "true"}],
            "isLegacy cannot become true": [{"vendorName": "contacts", "isLegacy": True}],
            "fields[0].vendorPath is missing": [{"fields": [{"path": "a"}]}],
            "fields[0].path is missing": [{"fields": [{"vendorPath": "a"}]}],
            'vendorName must be a text of 1 to 500 letters; got ""': [{"vendorName": ""}],
            "the body must be an object; got an empty list": [[]],
        }),
    ),
    "a definition that is none": Group(
        ["PUT /instances/{instance}/objects/people/definitions"],
        bodies(400, {
            "fields is missing": [{}],
            "fields must be a list of objects; got null": [{"fields": None}],
            "fields[0].path is missing": [{"fields": [{}]}],
            "a path of a field has 1 to 500 characters; got ''": [{"fields": [{"path": ""}]}],
            "fields[0].path must be a text; got 5": [{"fields": [{"path": 5}]}],
            "the body must be an object; got an empty list": [[]],
        }),
    ),
    "definitions that cannot be made together": Group(
        ["POST /instances/{instance}/objects/definitions"],
        [
            *bodies(400, {
                "the body must have an object's name at least": [{}],
                "the body must be an object; got an empty list": [[]],
                "a/b must be a text of 1 to 500 letters without a slash; got": [{"a/b": {"fields": []}}],
                '"" must be a text of 1 to 500 letters without a slash; got ""': [{"": {"fields": []}}],
                "x.fields is missing": [{"x": {}}],
                "x must be an object; got null": [{"x": None}],
            }),
            *bodies(409, {"people": [{"new": {"fields": []}, "people": {"fields": []}}]}),
        ],
    ),
    "what is defined already": Group(
        ["POST /instances/{instance}/objects/people/definitions", "POST /instances/{instance}/transformations/people"],
        bodies(409, {"people is there already; PUT replaces it": [{"vendorName": "contacts", "fields": [{"path": "a", "vendorPath": "A"}]}]}),
    ),
    "what is not defined": Group(
        [
            f"{method} /instances/{{instance}}/{path}"
            for method in ("PUT", "DELETE")
            for path in ("transformations/nothing", "objects/nothing/definitions")
        ],
        [Refusal(status=404, says="found with name nothing", json={"vendorName": "contacts", "fields": []})],
    ),
    "a transformation of what is not defined": Group(
        ["POST /instances/{instance}/transformations/nothing"],
        bodies(400, {
            "the object 'nothing' is not defined; POST objects/nothing/definitions": [{"vendorName": "contacts"}],
        }),
    ),
    "all definitions while a transformation uses one": Group(
        ["DELETE /instances/{instance}/objects/definitions"],
        [Refusal(status=409, says="A transformation uses the object people")],
    ),
    "another name for an object": Group(
        ["PATCH /instances/{instance}/objects/people"],
        [
            *bodies(400, {
                "objectName is missing": [{}],
                "objectName must be a text of 1 to 500 letters without a slash": [{"objectName": name} for name in ("", "a/b", 5)],
            }),
            *bodies(409, {"The object definition others is there already": [{"objectName": "others"}]}),
        ],
    ),
}  # fmt: skip


def test_what_cannot_be_is_refused_and_nothing_changes(check):
    check(GROUPS)
