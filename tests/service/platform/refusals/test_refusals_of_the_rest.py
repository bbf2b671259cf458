"""What accounts, elements, notifications, jobs, events from outside and admin routes refuse; nothing changes."""

from refused_calls import Group, Refusal, bodies, queries

POLICY = "notification.webhook.failure.policy"
NOTHING_READS = ["x", "0", "1", "99999999999999999999", "-1"]
WEBHOOK = {"channel": "webhook", "topics": ["leaks"], "config": {"url": "http://127.0.0.1/"}}
RANGE_AHEAD = "from=2026-03-02T11:00:00Z&to=2026-03-02T10:00:00Z"
LISTS_OF_EVENTS = ["GET /instances/events/analytics" + kind for kind in ("", "/instances", "/accounts")]
OAUTH = {"apiKey": "k", "apiSecret": "hush", "callbackUrl": "http://127.0.0.1:8080/back"}
AS_QUERY = "apiKey=k&apiSecret=hush&callbackUrl=http://127.0.0.1:8080/back"
SEED = "seed must be a whole number from 0 to 9007199254740991; got "
NO_NAME = "a workspace's name is 1 to 63 lower-case letters, digits and hyphens"


def raw(says, *texts, status=400, kind="application/json", by=None):
    return [
        Refusal(status=status, says=says, body=text, headers={"Content-Type": kind}, by=by) for text in texts
    ]


def lacking(name):
    return {key: value for key, value in OAUTH.items() if key != name}


DIRECTORY = {
    "an account that is not there": Group(
        [
            f"{row[0]} /accounts/{unknown}{row[1]}"
            for unknown in ("999999999", "-1", "1", "none")
            for row in (("GET", ""), ("GET", "/settings"), ("PATCH", "/settings"))
        ],
        [Refusal(status=404, says="No account found with ID ", json={"a": "b"})],
    ),
    "settings that are not flat texts": Group(
        ["PATCH /accounts/settings", "POST /accounts/{account}/settings"],
        [
            *bodies(400, {
                "a": [{"a": {"b": "c"}}, {"a": 1}, {"a": None}],
                "the body must be an object": [[], "a"],
                "retry or queue": [{POLICY: value} for value in ("", "RETRY", "drop")],
            }),
            *raw("Content-Type must be application/json; got 'application/xml'", b"<x/>", status=415, kind="application/xml",
                 by="User {user}, Organization {organization}"),
        ],
    ),
    "a list of accounts": Group(
        ["GET /accounts"],
        [*queries(404, {"No accounts found": ["where=name='none'"]}), *queries(400, {"Error parsing query": ["where=name"], "offset must be a whole number from 0": ["offset=-1"]})],
    ),
    "a list of users": Group(
        ["GET /users"],
        [*queries(404, {"No users found": ["where=email='x'"]}), *queries(400, {"Error parsing query": ["where=email%20is"]})],
    ),
    "a user that is not there": Group(
        [f"GET /users/{key}" for key in ("999999999", "nobody@example.com", "-1", "1e3", "%00")],
        [Refusal(status=404, says="No user found with ")],
    ),
    "what nobody administers": Group(
        [
            "POST /accounts", "DELETE /users/{user_id}", "PATCH /users/{user_id}", "PUT /organizations/me", "POST /elements",
            "PUT /elements/insightly", "DELETE /elements/5993", "POST /elements/insightly/clone",
            "PUT /elements/insightly/active", "DELETE /elements/insightly/active", "POST /elements/insightly/configuration",
            "PUT /elements/insightly/configuration/username", "DELETE /elements/insightly/configuration/event.objects",
        ],
        [Refusal(status=501, says="is not imitated", json={"key": "mine"})],
    ),
    "a sign-in": Group(
        ["POST /authentication"],
        [
            *bodies(400, {
                "username is missing": [{}, {"password": "a"}],
                "password is missing": [{"username": "a"}],
                "username must be a text; got 1": [{"username": 1, "password": "a"}],
            }, by=None),
            *bodies(401, {"There is no user ": [
                {"username": "nobody@example.com", "password": "any"}, {"username": "", "password": "any"},
                lambda clients: {"username": clients.credentials.crm_username, "password": ""},
            ]}, by=None),
        ],
    ),
    "secrets without a sign-in": Group(
        ["GET /authentication/secrets"],
        [
            Refusal(status=401, says="There was no Authorization header", by=None),
            Refusal(status=401, says="The Bearer token is not known here", by="Bearer nobody"),
            Refusal(status=401, says="was garbled", by="Bearer"),
        ],
    ),
    "an element that is not there": Group(
        [
            f"GET /elements/{key}{below}"
            for key in ("hubspot", "1", "-1", "5993.0", "INSIGHTLY", "%00")
            for below in ("", "/metadata", "/configuration", "/export", "/docs", "/trace/x")
        ],
        [Refusal(status=404, says="No element found with key ")],
    ),
    "a hub that is not there": Group(
        ["GET /hubs/finance", "GET /hubs/finance/elements", "GET /docs/finance"],
        [Refusal(status=404, says="No hub found with key finance", by=None)],
    ),
    "a list of elements": Group(["GET /elements"], queries(400, {"Error parsing query": ["where=hub"]})),
    "OAuth of an element that has none": Group(
        ["GET /elements/insightly/oauth/url", "GET /elements/5993/oauth/url"],
        [
            *queries(400, {
                "Insightly has basic authentication, not OAuth": [AS_QUERY],
                "apiSecret": ["apiKey=k&apiSecret=&callbackUrl=http://127.0.0.1/"],
                "callbackUrl": ["apiKey=k&apiSecret=hush"],
            }, by=None),
        ],
    ),
    "OAuth asked for by a body": Group(
        ["POST /elements/insightly/oauth/url"],
        bodies(400, {
            "Insightly has basic authentication, not OAuth": [OAUTH],
            "apiKey": [lacking("apiKey"), {**OAUTH, "apiKey": ""}],
            "apiSecret": [lacking("apiSecret")],
        }, by=None),
    ),
    "a request token of OAuth 1": Group(
        ["GET /elements/insightly/oauth/token"],
        queries(400, {"has no OAuth 1": [AS_QUERY], "apiKey is missing": [""]}, by=None),
    ),
    "levels of transformations that are not imitated": Group(
        [
            "GET /organizations/objects/definitions", "GET /organizations/objects/contacts/transformations",
            "GET /organizations/elements/insightly/transformations/contacts", "GET /accounts/1/objects/definitions",
            "GET /accounts/1/elements/insightly/transformations", "GET /common-resources/contacts", "GET /vdrs/5",
        ],
        [Refusal(status=501, says="is not imitated")],
    ),
    "a form that cannot be served": Group(
        ["GET /instances", "GET /users", "POST /notifications"],
        [
            Refusal(status=406, says=f"Accept must be application/json; got {accept}", json={"topic": "x"}, headers={"Accept": accept})
            for accept in ("text/csv", "application/xml;q=1", "image/*", "application/json;q=0")
        ],
    ),
    "a verb that a path does not take": Group(
        ["PUT /instances/{instance}/events"],
        [Refusal(status=405, says="/events does not take PUT; it takes ")],
    ),
    "a path that is not there": Group(
        ["GET /instances/{instance}/nothing", "GET /_local/nothing", "GET /_local/clock/nothing"],
        [Refusal(status=404, says="/nothing")],
    ),
}  # fmt: skip

EVENTS = {
    "a subscription that could tell nobody": Group(
        ["POST /notifications/subscriptions"],
        bodies(400, {
            "config.url": [WEBHOOK | {"config": {"url": url}} for url in (None, " ", 5)] + [WEBHOOK | {"config": {}}],
            "config": [WEBHOOK | {"config": None}],
            "topics": [WEBHOOK | {"topics": topics} for topics in ([], [" "], "leaks", [1])],
            "channel": [WEBHOOK | {"channel": channel} for channel in ("pigeon", None)] + [{}],
        }),
    ),
    "a notification that is none": Group(
        ["POST /notifications"],
        [
            *bodies(400, {
                "topic": [{}, {"message": "no topic"}, {"topic": ""}, {"topic": None}],
                "severity": [{"topic": "x", "severity": "dire"}],
                "message": [{"topic": "x", "message": 1}],
                "the body must be an object": [[]],
            }),
            *raw("Malformed JSON", b"{", by="User {user}, Organization {organization}"),
            *raw("Content-Type must be application/json", b"<x/>", status=415, kind="text/xml",
                 by="User {user}, Organization {organization}"),
        ],
    ),
    "notifications of no topic": Group(["GET /notifications"], queries(400, {"topics[]": [""]})),
    "an email to nobody": Group(
        ["POST /notifications/emails"], bodies(400, {"to": [{}, {"to": ""}, {"to": None}, {"subject": "x"}]})
    ),
    "a notification that is not there": Group(
        [
            f"{row[0]} /notifications/{row[1].replace('*', unknown)}"
            for unknown in NOTHING_READS
            for row in (
                ("GET", "subscriptions/*"), ("DELETE", "subscriptions/*"), ("GET", "*"), ("DELETE", "*"),
                ("PUT", "*/acknowledge"), ("GET", "*/subscriptions/deliveries"), ("GET", "*/subscriptions/1/deliveries"),
            )
        ],
        [Refusal(status=404, says="found with ID ")],
    ),
    "a clause about deliveries": Group(
        ["GET /notifications/subscriptions/deliveries", "PUT /notifications/subscriptions/deliveries"],
        queries(400, {
            "Error parsing query": ["where=status="],
            "where on deliveries knows channel, status, config.url, notificationId, subscriptionId, topic and active; got 'state'":
                ["where=state='queued'"],
            "got 'config.uri'": ["where=status='queued'%20and%20(config.uri='x'%20or%20topic='y')"],
        }),
    ),
    "a release that does not say what is meant": Group(
        ["PUT /notifications/subscriptions/deliveries"],
        queries(400, {"a CEQL clause such as channel='webhook' and status='queued'": [""], "where": ["where=", "where=%20"]}),
    ),
    "analytics": Group(
        LISTS_OF_EVENTS,
        [
            *queries(400, {
                "to must not lie before from": [RANGE_AHEAD],
                "too fine": ["from=2026-03-01T10:00:00Z&to=2026-03-02T10:00:00Z&interval=second"],
                "expected an instant such as": ["from=yesterday", "to=%00", "from="],
                "interval must be ": ["interval=fortnight", "interval="],
            }),
            *queries(403, {"is not one of yours": [f"accountIds[]={account}" for account in ("0", "x", "-1")]}),
        ],
    ),
    "dispositions": Group(
        ["GET /instances/events/dispositions"],
        queries(400, {
            "expected an instant such as": ["from=never"], "to must not lie before from": [RANGE_AHEAD],
            "pageSize must be": ["pageSize=0"], "nextPage must be": ["nextPage=x"],
        }),
    ),
    "an event from outside": Group(
        ["POST /events/insightly/{instance}"],
        [
            *raw("Malformed JSON", b"{", b'"\\ud800"', b"[" * 100_000, b"9" * 5000),
            *raw("nested deeper", b"[" * 70 + b"]" * 70),
            *raw("a body may have", b'"' + b"x" * 1024 * 1024 + b'"', status=413),
        ],
    ),
    "a hand-off that is none": Group(
        ["POST /events/insightlyPolling/{instance}"],
        bodies(400, {
            "objectType must name a resource": [{}, {"objectType": []}],
            "the body must be an object; got []": [[]],
            "'contacts' must hold the records, a list of objects; got 1": [{"objectType": "contacts", "contacts": 1}],
        }, by=None),
    ),
    "an event for an element that is not there": Group(
        [
            f"{method} /events/{key}{below}"
            for method in ("GET", "POST")
            for key in ("salesforce", "insightlypolling", "Polling", "%00", "x" * 300)
            for below in ("", "/MQ==")
        ],
        [Refusal(status=404, says="No element found", json={"a": 1}, by=None)],
    ),
    "a job that is not there": Group(
        [
            f"{row[0]} /jobs/{number}{row[1]}"
            for number in ("0", "x" * 300, "%00")
            for row in (("GET", ""), ("DELETE", ""), ("PUT", "/disable"), ("PUT", "/enable"), ("GET", "/history"))
        ],
        [Refusal(status=404, says="No job found with ID ")],
    ),
}  # fmt: skip

ADMIN = {
    "an advance of the clock": Group(
        ["POST /_local/clock/advance"],
        [
            *bodies(400, {
                "expected one of ": [
                    {"duration": "15m", "to": "2026-03-02T10:15:00Z"}, {}, {"duration": None, "to": None}, {"next": False},
                    {"next": True, "idle": "1m"}, {"duration": "15m", "until": {}}, {"limit": "1h"},
                ],
                "a limit goes with idle and until": [{"next": True, "limit": "1h"}, {"duration": "1h", "limit": "1h"}],
                "callbacks must be": [{"until": {"callbacks": 0}}],
                "unknown key": [{"until": {"objecttype": "contacts"}}],
                "time only moves forward": [{"duration": "-1s"}, {"duration": -0.000001}, {"to": "2026-03-02T09:59:59Z"}],
                "expected a duration such as 15m": [{"duration": text} for text in ("soon", "", "1.2.3s")],
                "duration must be a text or a whole number or a number; got true": [{"duration": True}],
                "duration must be a text or a whole number or a number; got a list of 1 value": [{"duration": [15]}],
                "expected an instant such as 2026-03-02T10:00:00Z": [
                    {"to": text} for text in ("tomorrow", "", "2026-02-30T10:00:00Z", "9999-12-31T23:59:59-01:00")
                ],
                "to must be a text; got 1772445600": [{"to": 1772445600}],
                "lies beyond the calendar": [{"duration": "3000000 days"}, {"duration": 252455616000}],
                "a duration that a calendar can hold": [{"duration": 1e300}],
                "unknown key 'untill'": [{"duration": "15m", "untill": "x"}],
                "the body must be an object; got an empty list": [[]],
            }),
            *raw("Malformed JSON", b"", b"{", b"15m", by="User {user}, Organization {organization}"),
        ],
    ),
    "a setting of the clock": Group(
        ["PUT /_local/clock"],
        [
            *bodies(400, {
                "mode must be one of ": [{"mode": "lunar"}, {"mode": ""}, {"mode": 1}],
                "expected an instant such as": [{"now": "soon"}],
                "now must be a text; got 5": [{"now": 5}],
                "a real clock follows the machine": [{"mode": "real", "now": "2026-03-02T10:00:00Z"}],
                "unknown key 'then'": [{"then": "x"}],
                "the body must be an object; got an empty list": [[]],
            }),
            *bodies(409, {"the clock cannot go back from 2026-03-02T10:15:01Z": [{"now": "2026-03-02T09:59:59Z"}]}),
        ],
    ),
    "a workspace that cannot be": Group(
        ["POST /_local/workspaces"],
        [
            *bodies(400, {
                NO_NAME: [
                    {"name": name} for name in ("", "Acme", "-acme", "_local", "a/b", "acme\n", "a\x00", "é", "a" * 64)
                ],
                "name must be a text; got 5": [{"name": 5}],
                SEED: [{"seed": seed} for seed in (-1, 2**53, 1.5, "1")],
                "clock must be one of ": [{"clock": "lunar"}],
                "expected an instant such as": [{"start": "soon"}],
                "start must be a text; got 0": [{"start": 0}],
                "records must be a whole number from 0": [{"records": -1}, {"records": 10**9}],
                "unknown key 'colour'": [{"colour": "red"}],
                "the body must be an object; got an empty list": [[]],
            }, by=None),
            *bodies(409, {"there is a workspace 'default' already": [{"name": "default"}]}, by=None),
        ],
    ),
    "a workspace that cannot be deleted": Group(
        ["DELETE /_local/workspaces"],
        [
            *queries(400, {"name is missing; it must be a text": [""]}, by=None),
            *queries(404, {"No workspace found with name": ["name=", "name=nobody", "name=%00"]}, by=None),
            *queries(409, {"the default workspace cannot be deleted; reset it instead": ["name=default"]}, by=None),
        ],
    ),
    "a choice of polls": Group(
        ["GET /_local/polls"],
        queries(400, {
            "must be a whole number from ": [
                "instanceId=abc", "instanceId=-1", "instanceId=1.5", "instanceId=" + "9" * 30, "limit=0", "limit=x", "before=-1",
            ],
            "no resource 'Contact' is polled (did you mean 'contacts'?)": ["resource=Contact"],
        }),
    ),
    "polling at once": Group(
        ["POST /_local/polls"],
        [
            *bodies(404, {"No element instance found with ID ": [{"instanceId": key} for key in (1, "abc", -5, 10**30)]}),
            *bodies(400, {
                "instanceId must be a whole number or a text; got ": [{"instanceId": 1.5}, {"instanceId": True}],
                "unknown key 'resource'": [{"resource": "leads"}],
                "the body must be an object; got an empty list": [[]],
            }),
        ],
    ),
    "pages of admin lists": Group(
        ["GET /_local/deliveries", "GET /_local/emails"], queries(400, {"before must be": ["before=x", "before=7/8%0A"]})
    ),
    "a warning of no instance": Group(["GET /_local/warnings"], queries(404, {"999": ["instanceId=999"]})),
    "an audit": Group(
        ["GET /_local/audit"],
        [
            *queries(400, {"instanceId": ["instanceId=", "instanceId=x", "instanceId=-1"]}),
            *queries(404, {"No element instance found with ID 1": ["instanceId=1"]}),
        ],
    ),
    "an explanation": Group(
        ["GET /_local/explain"],
        [
            *queries(400, {
                "got 'nothing'": ["cures=true", "resource=contacts"],
                "expected instanceId": ["recordId=1", "change=1"],
                "got 'more than one'": ["event=1&callback=1", "recordId=1&event=1"],
                "expected resource": ["instanceId={instance}&recordId=1"],
            }),
            *queries(404, {" found with ID ": [
                "instanceId=4711&resource=contacts&recordId=1", "event=no-such-event", "event=4711", "callback=4711",
                "instanceId={instance}&change=4711",
            ], ": it was deleted, and": ["instanceId={gone}&resource=contacts&recordId=1"]}),
        ],
    ),
    "lint of an instance": Group(
        ["GET /_local/lint"],
        [
            *queries(400, {"instanceId": ["indexLag=1"], "indexLag": ["instanceId=1&indexLag=-1"]}),
            *queries(404, {"No element instance found with ID 1": ["instanceId=1"]}),
        ],
    ),
    "lint of a body": Group(
        ["POST /_local/lint"],
        [
            *bodies(400, {
                "element": [{"name": "x"}],
                "the body must be an object": [[]],
                "url": [
                    {"element": {"key": "insightly"}, "configuration": {"event.poller.configuration": {"contacts": {"url": "x"}}}}
                ],
            }),
            *bodies(404, {"nobody": [{"element": {"key": "nobody"}}]}),
        ],
    ),
    "activities": Group(
        ["GET /_local/activity"],
        queries(400, {
            "after must be": ["after=-1", "after=x"], "limit must be": ["limit=0"], "wait_s must be": ["wait_s=31", "wait_s=-1"],
            "workspace": ["workspace=nobody", "workspace=default"],
        }),
    ),
    "a timeline": Group(
        ["GET /_local/timeline"],
        queries(400, {"since must be": ["since=x", "since=2026-03-02T10:00:00"], "until must be": ["until="], "every must be": ["every=0"]}),
    ),
    "activities of no workspace": Group(
        ["GET /_local/activity"], queries(404, {"nobody": ["workspace=nobody"]}, by=None)
    ),
    "credentials that are nobody's": Group(
        ["GET /_local/clock", "GET /_local/activity", "GET /_local/audit", "POST /_local/snapshot", "PUT /_local/snapshot"],
        [Refusal(status=401, says="names no workspace", by="User nobody, Organization nobody")],
    ),
}  # fmt: skip

GROUPS = DIRECTORY | EVENTS | ADMIN


def test_what_cannot_be_is_refused_and_nothing_changes(check):
    check(GROUPS)
