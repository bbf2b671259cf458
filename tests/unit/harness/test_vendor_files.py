"""Vendor files: what is wrong with one is said with its line and what would do; the JSON Schema takes what the loader takes."""

from datetime import timedelta
from pathlib import Path

import pytest
from each_row import each_row
from jsonschema import Draft202012Validator

from elements_local.commands.vendor import STARTERS
from elements_local.stack.vendor_files import VendorFileError, connector_of, json_schema, path_of
from elements_local.stack.yaml_text import read_documents

ROOT = Path(__file__).parents[3]
STARTER = (ROOT / "platform" / "elements_local" / "commands" / "templates" / "vendor.yaml").read_text("utf-8")
VENDORS = [*STARTERS.values(), *sorted((ROOT / "tests" / "support" / "vendors").glob("*.yaml"))]
GOOD = """vendor: acme
name: Acme
origin: https://api.acme.example
authentication: {key: access.token, header: Authorization}
record:
  created: {path: made}
  updated: {path: changed}
resources:
  deals: {named_by: title, text: note, fields: {title: {}, note: {}, size: {type: integer}}}
list:
  path: /{resource}
  parameters: {start: "{offset}", size: "{size}", since: "{updated>}"}
  answer: {data: "{records}"}
  paging: {by: offset}
get: {path: "/{resource}/{id}"}
create: {path: "/{resource}", body: "{fields}"}
"""


def mistakes(tmp_path, text):
    path = tmp_path / "acme.yaml"
    path.write_text(text, "utf-8")
    try:
        connector_of(path)
    except VendorFileError as error:
        return [each.removeprefix(f"{path}:") for each in error.mistakes]
    return []


@each_row("text", [GOOD, STARTER.replace("NAME", "acme"), *(path.read_text("utf-8") for path in VENDORS)])
def test_what_the_loader_takes_the_schema_takes(tmp_path, text):
    (document,) = read_documents(text)

    assert mistakes(tmp_path, text) == []
    assert [*Draft202012Validator(json_schema()).iter_errors(document.value)] == []


MISTAKES = [
    ("vendor: acme", "vendr: acme", "1:1: vendr: unknown key 'vendr'; did you mean 'vendor'?"),
    ("vendor: acme", "vendor: Acme", "1:1: vendor: expected a word of small letters, digits and _; got 'Acme'"),
    ("https://api.acme.example", "https://api.acme.example/v1", "3:1: origin: expected an origin such as https://api.vendor.example; got"),
    ("header: Authorization", "kind: basic", "4:1: authentication: give `header`, `parameter` or both"),
    ("header: Authorization", "header: X, value: Bearer", "4:48: authentication.value: expected a text with {key} once; got 'Bearer'"),
    ("{path: made}", "{path: made, format: yyyy-bb}", "6:25: record.created.format: date pattern 'yyyy-bb'"),
    ("{path: made}", "{path: made, format: 'yyyy-mm-dd HH:MM:ss'}", "6:25: record.created.format: 'yyyy-mm-dd HH:MM:ss' mixes up letters; 'yyyy-MM-dd HH:mm:ss' is what is probably meant"),
    ("{path: made}", "{path: made, zone: America/Los_Angles}", "6:25: record.created.zone: unknown time zone"),
    ("{path: made}", "{path: made, zone: America/Denver}", "6:25: record.created.zone: milliseconds have no zone"),
    ("record:\n", "record:\n  resolution: 2s\n", "6:3: record.resolution: unknown value '2s'; known: 1ms, 1s"),
    ("record:\n", "record:\n  constants: {url: '/{ident}'}\n", "6:3: record.constants: unknown placeholder 'ident'; known: id, resource, deleted"),
    ("named_by: title", "named_by: titel", "9:11: resources.deals.named_by: unknown field 'titel'; did you mean 'title'?"),
    ("text: note", "text: size", "9:28: resources.deals.text: the field 'size' takes no text"),
    ("note: {}", "note: {}, n: {type: list}", "9:70: resources.deals.fields.n.items: a list has `items`"),
    ("note: {}", "note: {items: {a: {}}}", "9:67: resources.deals.fields.note.items: only a list has items"),
    ("note: {}", "note: {}, n: {type: list, fill: bs, items: {a: {}}}", "9:70: resources.deals.fields.n: `pattern` and `fill` are for the `items`"),
    ("note: {}", "note: {}, n: {type: list, items: {a: {type: lsit}}}", "9:98: resources.deals.fields.n.items.a.type: unknown value 'lsit'"),
    ("note: {}", "note: {}, n: {type: list, items: {a: {fill: frst_name}}}", "9:98: resources.deals.fields.n.items.a.fill: Faker has no method 'frst_name'"),
    ("note: {}", "note: {}, n: {type: list, items: {a: {}}, initial: [{a: 5}]}", "9:102: resources.deals.fields.n.initial: the field takes no [{'a': 5}]: it.0.a must be of the type text; got '5'"),
    ("note: {}", "note: {}, n: {type: json, unique: true}", "9:70: resources.deals.fields.n: `unique` and `computed` are for single values"),
    ("{path: made}", "{path: made, format: seconds, zone: America/Denver}", "6:42: record.created.zone: seconds have no zone"),
    ('since: "{updated>}"', 'of: "{tags=}"', "12:3: list.parameters: unknown field 'tags'"),
    ('{data: "{records}"}', '{data: "{record}"}', "13:3: list.answer: expected {records} in the answer, or a list with one template"),
    ('{data: "{records}"}', '{data: ["{record}"], id: "{id}"}', "13:3: list.answer: {id} is of one record: it stands in the list with {record}"),
    ('{data: "{records}"}', '{data: ["{record}"], all: "{records}"}', "13:3: list.answer: expected {records} in the answer, or a list with one template"),
    ("note: {}", "note: {tpye: text}", "9:67: resources.deals.fields.note.tpye: unknown key 'tpye'; did you mean 'type'?"),
    ("note: {}", "note: {}, made: {}", "9:70: resources.deals.fields.made: made is the record's own"),
    ("note: {}", "note: {type: choice}", "9:60: resources.deals.fields.note: a field of the type choice has `choices`"),
    ("note: {}", "note: {fill: frst_name}", "9:67: resources.deals.fields.note.fill: Faker has no method 'frst_name'; did you mean 'first_name'?"),
    ("type: integer", "type: integer, fill: bs", "9:92: resources.deals.fields.size.fill: Faker's bs makes "),
    ("type: integer", "type: integer, fill: {random_int: {mni: 1}}", "9:92: resources.deals.fields.size.fill: Faker's random_int does not take"),
    ("type: integer", "type: integer, initial: x", "9:92: resources.deals.fields.size.initial: the field takes no 'x'"),
    ("note: {}", "note: {default: true}", "9:67: resources.deals.fields.note.default: without {fields} in a request"),
    ("note: {}", "note: {default: EUR}", "9:67: resources.deals.fields.note.default: expected true or false (a default value is `initial`); got 'EUR'"),
    ("text: note", "text: note, poller: {idFeild: x}", "9:49: resources.deals.poller.idFeild: unknown key 'idFeild'; did you mean 'idField'?"),
    ("deals: {", "leads: {name: deals, named_by: title, text: title, fields: {title: {}}}\n  deals: {", "9:3: resources.leads: two resources have the name 'deals'"),
    ("deals: {", "deals: {names: [deals], ", "9:19: resources.deals.names.0: the name 'deals' is taken"),
    ("deals: {", "deals: {names: [a, a], ", "9:22: resources.deals.names.1: the name 'a' is taken"),
    ("deals: {", "deals: {names: ['a/b'], ", "9:19: resources.deals.names.0: expected a name of letters, digits, - and _; got 'a/b'"),
    ("deals: {", "deals: {names: [_local], ", "11:3: list.path: /_local/ is the stack's own"),
    ("create:", "routes: [{path: /_local/x, answer: {}}]\ncreate:", "16:11: routes.0.path: /_local/ is the stack's own"),
    ("create:", "routes: [{path: /deals, answer: {}}]\ncreate:", "16:10: routes.0: `list` has the same method and path"),
    ("create:", "routes: [{path: '/deals/{n}', answer: {}}]\ncreate:", "16:10: routes.0: `get` has the same method and path"),
    ("create:", "routes: [{path: /o, answer: 1}, {path: /o, answer: 2}]\ncreate:", "16:33: routes.1: `routes.0` has the same method and path"),
    ("create:", "routes: [{path: /o, answer: '{me}'}]\ncreate:", "16:21: routes.0.answer: unknown placeholder 'me'"),
    ("create:", "routes: [{path: /o, answer: {a: 1.0e+999}}]\ncreate:", "16:10: routes.0: inf is no number of JSON"),
    ("create:", "routes: [{path: /o, answer: [!!binary aGk=]}]\ncreate:", "16:10: routes.0: b'hi' is no JSON; write it as a text, in quotes"),
    ("create:", "routes: [{path: '/o/{id}', items: [{id: 1}, {}], answer: '{item}'}]\ncreate:", "16:11: routes.0.path: 'id' chooses among `items`"),
    ("create:", "routes: [{path: /o, items: [{id: 1}], parameters: {of: null}, answer: '{items}'}]\ncreate:", "16:39: routes.0.parameters: 'of' chooses among `items`"),
    ("create:", "routes: [{path: /o, items: [{id: 1}], paging: {by: link}, answer: '{items}'}]\ncreate:", "16:48: routes.0.paging.by: the next page of a fixed answer"),
    ("create:", "routes: [{path: /o, items: [{n: 1}], paging: {by: offset}, answer: '{items}'}]\ncreate:", "16:38: routes.0.paging: pages are counted by the `id`"),
    ("create:", "routes: [{path: /o, items: [{id: 1}], parameters: {n: '{size}'}, answer: '{items}'}]\ncreate:", "16:52: routes.0.parameters.n: "),
    ("create:", "routes: [{path: '/o/{resource}', answer: 1}]\ncreate:", "16:10: routes.0: {resource} in the path and `resource` belong together"),
    ("create:", "routes: [{path: '/o/{resource}', resource: deal, answer: 1}]\ncreate:", "16:34: routes.0.resource: unknown resource 'deal'; did you mean 'deals'?"),
    ("create:", "routes: [{path: /o, hub: o, items: [{id: 1}], answer: '{items}'}]\ncreate:", "16:21: routes.0.hub: 'o' needs two routes: its list, and one of its items by {id}"),
    ("create:", "routes: [{path: /o, hub: deals, items: [{id: 1}], answer: '{items}'}]\ncreate:", "16:21: routes.0.hub: the file has a resource 'deals'"),
    ("create:", "routes: [{path: /o, hub: o, items: [{n: 1}], answer: '{items}'}]\ncreate:", "16:21: routes.0.hub: the hub reads `items`, each of which has an id"),
    ("create:", "routes: [{path: '/o/{id}', hub: o, items: [{id: 1}], answer: '{items}'}]\ncreate:", "16:54: routes.0.answer: {item} has to stand there alone"),
    ("create:", "routes: [{path: '/o/{n}', hub: o, items: [{id: 1, n: 2}], answer: '{items}'}]\ncreate:", "16:11: routes.0.path: the hub does not know what {n} is"),
    ("create:", "links: {pairs: [{between: [deals, dels], labels: [{types: [1, 2], names: [a, b]}]}]}\ncreate:", "16:18: links.pairs.0.between: unknown resource 'dels'; did you mean 'deals'?"),
    ("create:", "links: {pairs: [{between: [deals, deals], labels: [{types: [1, 2], names: [a, b]}]}]}\ncreate:", "16:18: links.pairs.0.between: expected two resources"),
    ("create:", "links: {pairs: [{between: [deals, deals], labels: []}]}\ncreate:", "16:43: links.pairs.0.labels: "),
    ("create:", "links: {pairs: [], shown: '{to}'}\ncreate:", "16:9: links.pairs: "),
    ("create:", "batches: {calls: [{does: read, path: /b, body: {a: [{id: '{id}'}]}}]}\ncreate:", "16:19: batches.calls.0: a batch has a body: give a `method`"),
    ("create:", "batches: {calls: [{does: update, method: POST, path: /b, body: {a: [{id: '{id}'}]}}]}\ncreate:", "16:58: batches.calls.0.body: {fields} has to stand in it"),
    ("create:", "batches: {calls: [{does: delete, method: POST, path: /deals, body: {a: ['{id}']}}]}\ncreate:", "16:19: batches.calls.0: `create` has the same method and path"),
    ("create:", "batches: {calls: [{does: read, method: POST, path: /b, partial: 207, body: ['{id}']}]}\ncreate:", "16:56: batches.calls.0.partial: {missing}, {all_missing} or {message} has to stand"),
    ("create:", "links: {pairs: [{between: [dels, deals], labels: [{types: [1, 2], names: [a, b]}]}], calls: [{does: add, path: '/l/{id}'}]}\ncreate:", "16:94: links.calls.0: {other} has to stand in the path, or in the body"),
    ("create:", "not_modelled: [deals]\ncreate:", "16:16: not_modelled.0: the file has a resource 'deals'"),
    ("create:", "aliases: {/v2: /v1}\ncreate:", "16:11: aliases./v2: no call has a path that begins with /v1"),
    ("create:", "aliases: {'/{x}': /v1}\ncreate:", "16:11: aliases./{x}: a beginning has no placeholder; got {x}"),
    ("create:", "aliases: {/_local/x: /v1}\ncreate:", "16:11: aliases./_local/x: /_local/ is the stack's own"),
    ("create:", "aliases: {/v2/: /v1}\ncreate:", "16:11: aliases./v2/: a beginning ends without /"),
    ("create:", "aliases: {v2: /v1}\ncreate:", "16:11: aliases.v2: "),
    ("{offset}", "{ofset}", "12:3: list.parameters: unknown placeholder 'ofset'; did you mean 'offset'?"),
    ("{updated>}", "{updatd>}", "12:3: list.parameters: unknown field 'updatd'; did you mean 'updated'?"),
    ('{data: "{records}"}', "{data: []}", "13:3: list.answer: expected {records} in the answer, or a list with one template"),
    ("{by: offset}", "{by: page}", "14:12: list.paging.by: {page} has to stand in `parameters` or `body`"),
    ("{by: offset}", "{by: ofset}", "14:12: list.paging.by: unknown value 'ofset'; did you mean 'offset'?"),
    ("{by: offset}", "{by: offset, first: 0}", "14:24: list.paging.first: `first` has no effect where"),
    ("{by: offset}", "{by: link}", "14:12: list.paging.by: {link} has to stand in the answer"),
    ("{by: offset}", "{by: offset, default: 500}", "14:24: list.paging.default: a page has 100 records at the most"),
    ("{by: offset}", "{by: offset}\n  filter: {join: x}", "15:3: list.filter: `join`, `quote` and `operators` have no effect"),
    ('"{size}"', '"{size}", f: "{filters}"', "10:1: list.filter: {filters} in the request, and `each` of a filter, belong together"),
    ("{by: offset}", "{by: offset}\n  order: {each: '{field}'}", "15:3: list.order: {order} in the request"),
    ('"/{resource}/{id}"}', '"/{resource}"}', "15:1: get: `list` has the same method and path"),
    ('"/{resource}/{id}"}', '"/{id}/{id}"}', "15:7: get.path: {id} stands 2 times"),
    ('body: "{fields}"', "body: {a: 1}", "16:1: create: the body has to have what is written"),
    ("create:", "create: {path: /x, body: ['{fields}']}\nerase:", "17:1: erase: unknown key 'erase'; did you mean 'merge'?"),
    ("create:", "me: {path: /me, answer: {u: '{usr}'}}\ncreate:", "16:17: me.answer: unknown placeholder 'usr'; did you mean 'user'?"),
    ("create:", "errors: {body: {m: '{mesage}'}}\ncreate:", "16:10: errors.body: unknown placeholder 'mesage'; did you mean 'message'?"),
    ("create:", "errors: {cases: {cap: {values: {kind: x}}}}\ncreate:", "16:33: errors.cases.cap.values.kind: {kind} does not stand in the body"),
    ("create:", "hooks: {hub: nowhere_at_all:f}\ncreate:", "16:9: hooks.hub: cannot import the hook's module 'nowhere_at_all'"),
    ("create:", "hooks: {hub: json}\ncreate:", "16:9: hooks.hub: expected package.module:function; got 'json'"),
    ("create:", "hooks: {hub: 'json:dump'}\nhooks:", "17:1: the key 'hooks' stands twice"),
    ("key: access.token, header: Authorization", "key: oauth.user.token, header: X, oauth2: {token: /t}", "4:18: authentication.key: the element has a key 'oauth.user.token' already"),
    ("header: Authorization", "header: X, oauth2: {token: token}", "4:57: authentication.oauth2.token: "),
    ("header: Authorization", "header: X, oauth2: {token: '/t/{resource}'}", "4:57: authentication.oauth2.token: nothing varies here; got {resource}"),
    ("header: Authorization", "header: X, oauth2: {token: /t, grants: []}", "4:68: authentication.oauth2.grants: give at least one grant"),
    ("header: Authorization", "header: X, oauth2: {token: /t, grants: [password]}", "4:77: authentication.oauth2.grants.0: unknown value 'password'"),
    ("header: Authorization", "header: X, oauth2: {token: /t, grants: [client_credentials], rotation: end}", "4:98: authentication.oauth2.rotation: refresh_token is none of `grants`"),
    ("header: Authorization", "header: X, oauth2: {token: /t, answer: {t: '{token}'}}", "4:68: authentication.oauth2.answer: unknown placeholder 'token'"),
    ("header: Authorization", "header: X, oauth2: {token: /t, answer: {}}", "4:68: authentication.oauth2.answer: expected {access_token} in it"),
    ("header: Authorization", "header: X, oauth2: {token: /t, revoke: '/t/{token}'}", "4:68: authentication.oauth2.revoke: nothing varies here; got {token}"),
    ("header: Authorization", "header: X, oauth2: {token: /t, revoke: /t}", "4:68: authentication.oauth2.revoke: `authentication.oauth2.token` has the same method and path"),
    ("header: Authorization", "header: X, oauth2: {token: /t, consent: /in}", "4:68: authentication.oauth2.consent: expected a URL without a query; got '/in'"),
    ("header: Authorization", "header: X, oauth2: {token: /t, info: {path: /t, answer: 1}}", "4:75: authentication.oauth2.info.path: expected {token} in it"),
    ("{by: offset}", "{by: offset}\n  request_headers: {authorization: x}", "15:21: list.request_headers.authorization: `authentication` says what carries"),
    ("{by: offset}", "{by: offset}\n  request_headers: {X: '{updatd>}'}", "15:3: list.request_headers: unknown field 'updatd'; did you mean 'updated'?"),
    ("{by: offset}", "{by: offset}\n  request_headers: {'X Y': a}", "15:21: list.request_headers.X Y: expected a header's name"),
    ('"/{resource}/{id}"}', '"/{resource}/{id}", headers: {X: \'{size}\'}}', "15:33: get.headers: unknown placeholder 'size'"),
    ('"/{resource}/{id}"}', '"/{resource}/{id}", request_headers: {X: \'{version}\'}}', "15:33: get.request_headers: unknown placeholder 'version'"),
    ("create:", "headers: {X: '{id}'}\ncreate:", "16:1: headers: unknown placeholder 'id'; did you mean 'uuid'?"),
    ("create:", "headers: {Content-Length: '1'}\ncreate:", "16:11: headers.Content-Length: the server sets it"),
    ("create:", "merge: {path: /merge, body: {a: '{id}'}}\ncreate:", "16:23: merge.body: {other} has to stand in it"),
    ("create:", "merge: {path: /merge, body: ['{id}', '{other}'], noted: titel}\ncreate:", "16:50: merge.noted: deals have no such field: unknown field 'titel'"),
    ("create:", "merge: {path: '/{resource}', body: ['{id}', '{other}']}\ncreate:", "16:1: merge: `create` has the same method and path"),
    ("create:", "history: {parameter: past, shown: '{was}'}\ncreate:", "16:28: history.shown: unknown placeholder 'was'"),
    ("note: {}", "note: {pattern: '['}", "9:67: resources.deals.fields.note.pattern: expected a regular expression; got '['"),
    ("note: {}", "note: {computed: ['{titel}']}", "9:67: resources.deals.fields.note.computed: unknown placeholder 'titel'; did you mean 'title'?"),
    ("note: {}", "note: {computed: ['{id}'], initial: x}", "9:67: resources.deals.fields.note.computed: `initial`, `choices` and `fill` have no effect"),
    ("note: {}", "note: {forward: true}", "9:67: resources.deals.fields.note.forward: only a choice has an order: give `choices`"),
    ("note: {}", "note: {read_only: true, unique: true}", "9:67: resources.deals.fields.note.read_only: nobody could write what is required, or unique"),
    ("record:\n", "record:\n  id: {pattern: '['}\n", "6:8: record.id.pattern: expected a regular expression"),
    ("create:", "errors: {cases: {malformed_id: {status: 400}}}\ncreate:", "16:18: errors.cases.malformed_id: without `record.id.pattern` nothing is refused so"),
    ("create:", "errors: {cases: {read_only: {values: {x: '{value}'}}}}\ncreate:", "16:30: errors.cases.read_only.values: unknown placeholder 'value'"),
    ("create:", "errors: {cases: {read_only: {message: '{json}'}}}\ncreate:", "16:30: errors.cases.read_only.message: unknown placeholder 'json'"),
    ("create:", "errors: {cases: {read_only: {messages: {'[': x}}}}\ncreate:", "16:41: errors.cases.read_only.messages.[: expected a regular expression"),
    ("create:", "limits: [{calls: 5}]\ncreate:", "16:10: limits.0: give `seconds` or `midnight`"),
    ("create:", "limits: [{calls: 5, seconds: 1, midnight: GMT}]\ncreate:", "16:10: limits.0: give `seconds` or `midnight`"),
    ("create:", "limits: [{calls: 5, midnight: Denver}]\ncreate:", "16:21: limits.0.midnight: unknown time zone"),
    ("create:", "limits: [{calls: 5, seconds: 1, costs: {/deals: 6}}]\ncreate:", "16:41: limits.0.costs./deals: more than 5"),
    ("create:", "limits: [{calls: 5, seconds: 1, headers: {X-Left: '{lef}'}}]\ncreate:", "16:33: limits.0.headers: unknown placeholder 'lef'; did you mean 'left'?"),
    ("create:", "limits: [{calls: 5, seconds: 1, values: {kind: x}}]\ncreate:", "16:42: limits.0.values.kind: {kind} does not stand in `errors.cases.limit`"),
    ("create:", "limits: [{calls: 5, seconds: 1, paths: [/none]}]\ncreate:", "16:33: limits.0.paths: no call has a path like '/none'"),
    ("create:", "errors: {cases: {limit: {message: '{ago}'}}}\ncreate:", "16:26: errors.cases.limit.message: unknown placeholder 'ago'"),
    ("header: Authorization", "header: X, oauth2: {token: /t, info: {path: '/deals/{token}', answer: 1}}", "4:68: authentication.oauth2.info: `get` has the same method and path"),
    ("vendor: acme", "vendor: insightly", "1:1: vendor: the stack calls something of its own insightly"),
    ("vendor: acme", "vendor: sink", "1:1: vendor: the stack calls something of its own sink"),
    ("vendor: acme", "vendor: version", "1:1: vendor: the stack calls something of its own version"),
    ("name: Acme", "name: Acme\nnumber: 5993", "3:1: number: the element insightly has this number"),
    ("api.acme.example", "api.insightly.com", "3:1: origin: the vendor insightly, which is shipped, has this origin"),
    ("api.acme.example", "API.Insight.ly", "3:1: origin: the vendor insightly, which is shipped, has this origin"),
    ("api.acme.example", "api.hubapi.com", "3:1: origin: the vendor hubspotcrm, which is shipped, has this origin"),
    ("https://api.acme.example", "http://127.0.0.1:4700", "3:1: origin: expected the vendor's own host; 127.0.0.1 is this machine"),
    ("https://api.acme.example", "http://localhost:4702", "3:1: origin: expected the vendor's own host; localhost is this machine"),
    ("https://api.acme.example", "http://[::1]:4701", "3:1: origin: expected the vendor's own host; ::1 is this machine"),
    ("https://api.acme.example", "http://localhost.:4701", "3:1: origin: expected the vendor's own host; localhost is this machine"),
    ("https://api.acme.example", "http://0.0.0.0:4700", "3:1: origin: expected the vendor's host by its name; 0.0.0.0 is a number"),
    ("https://api.acme.example", "http://127.1:4700", "3:1: origin: expected the vendor's host by its name; 127.1 is a number"),
    ("https://api.acme.example", "http://0x7f000001", "3:1: origin: expected the vendor's host by its name; 0x7f000001 is a number"),
    ("https://api.acme.example", "http://[::]:4700", "3:1: origin: expected the vendor's host by its name; :: is a number"),
    ("api.acme.example", "api.hubapi.com:443", "3:1: origin: the vendor hubspotcrm, which is shipped, has this origin"),
    ("api.acme.example", "API.hubapi.com.", "3:1: origin: the vendor hubspotcrm, which is shipped, has this origin"),
    ("api.acme.example", "api.insightly.com.:443", "3:1: origin: the vendor insightly, which is shipped, has this origin"),
    ("https://api.acme.example", "https://ada:secret7@api.acme.example", "3:1: origin: expected an origin such as https://api.vendor.example"),
    ("https://api.acme.example", '"https://api.acme\\n.example"', "3:1: origin: expected an origin such as https://api.vendor.example"),
    ("https://api.acme.example", "https://api.acme.example:99999", "3:1: origin: expected an origin such as https://api.vendor.example"),
    ("https://api.acme.example", "'https://[half'", "3:1: origin: expected an origin such as https://api.vendor.example"),
    ("path: /{resource}\n", "path: /_local/{resource}\n", "11:3: list.path: /_local/ is the stack's own"),
    ("path: /{resource}\n", "path: /_local\n", "11:3: list.path: /_local/ is the stack's own"),
    ("path: /{resource}\n", "path: /%5flocal/{resource}\n", "11:3: list.path: expected a path without a query, blanks, brackets, %"),
    ("path: /{resource}\n", "path: /v1%2f{resource}\n", "11:3: list.path: expected a path without a query, blanks, brackets, %"),
    ("  deals:", "  _local:", "11:3: list.path: /_local/ is the stack's own"),
    ("deals: {", "deals: {name: _local, ", "11:3: list.path: /_local/ is the stack's own"),
    ('"/{resource}/{id}"}', '"/_local/../{resource}/{id}"}', "15:7: get.path: expected a path without a query"),
    ('"/{resource}/{id}"}', '"/{resource}//{id}"}', "15:7: get.path: expected a path without a query"),
    ('"/{resource}/{id}"}', '"/{resource}/{id}/.."}', "15:7: get.path: expected a path without a query"),
    ("name: Acme", "name: Acme\nhub: ../crm", "3:1: hub: expected a name of letters, digits, - and _; got '../crm'"),
    ("  paging:", "  headers: {'X Next': a}\n  paging:", "14:13: list.headers.X Next: expected a header's name"),
    ("create:", 'errors: {cases: {limit: {headers: {Retry-After: "5\\r\\nX: y"}}}}\ncreate:', "16:36: errors.cases.limit.headers.Retry-After: expected a header's name and a text"),
    ("type: integer", "type: integer, fill: {random_number: {digits: 9000}}", "9:92: resources.deals.fields.size.fill: Faker's random_number makes what is more than"),
    ("type: integer", "type: integer, fill: {pyint: {max_value: 100000000000000000000000000000}}", "9:92: resources.deals.fields.size.fill: `max_value` is more than 9,007,199,254,740,992"),
    ("note: {}", "note: {fill: {pystr_format: {string_format: '9'}}, initial: " + "9" * 5000 + "}", "9:"),
    ('"/{resource}/{id}"}', '"/{resource}/{id}?x=1"}', "15:7: get.path: expected a path without a query"),
    ('"/{resource}/{id}"}', '"/{resource}/<int:{id}>"}', "15:7: get.path: expected a path without a query"),
    ('"/{resource}/{id}"}', '"/{resource}/{id} x"}', "15:7: get.path: expected a path without a query"),
    ("deals:", "'../..':", "9:3: resources.../..: expected a name of letters, digits, - and _; got '../..'"),
    ("deals:", "'deals/1':", "9:3: resources.deals/1: expected a name of letters, digits, - and _; got 'deals/1'"),
    ("deals: {", "deals: {name: '../x', ", "9:11: resources.deals.name: expected a name of letters, digits, - and _; got '../x'"),
    ("header: Authorization", "header: 'X Door'", "4:37: authentication.header: expected a header's name"),
    ("header: Authorization", "header: 'X-Door', value: \"{key}\\n\"", "4:55: authentication.value: expected a text that a header can have"),
    ("text: note", "text: note, poller: {pollDelay: soon}", "9:40: resources.deals.poller: event.poller.configuration: deals.pollDelay must be whole seconds"),
    ("record:\n", "poller: {url: 5}\nrecord:\n", "5:1: poller: "),
    ("{by: offset}", "{by: offset, default: 20, max: 30}\n  x: 1", "15:3: list.x: unknown key 'x'"),
    ('size: "{size}", since: "{updated>}"}\n  answer: {data: "{records}"}\n  paging: {by: offset}', 'x: "{updated>}"}\n  answer: {data: "{records}"}\n  paging: {by: offset, default: 20, max: 30}', "14:3: list.paging: without {size} in the request each page has `default` records: give `max` the same"),
    ("create:", "hooks: {hub: 'vendor_hooks:id_of'}\ncreate:", "16:9: hooks.hub: vendor_hooks:id_of takes other arguments: it is called with 2"),
    ("create:", "hooks: {id: 'vendor_hooks:hub'}\ncreate:", "16:9: hooks.id: vendor_hooks:hub takes other arguments: it is called with 1"),
    ("create:", "hooks: {write: 'vendor_hooks:query', hub: 'vendor_hooks:written'}\ncreate:", "16:38: hooks.hub: vendor_hooks:written takes other arguments: it is called with 2"),
    ("create:", "hooks: {id: 'vendor_hooks:nothing'}\ncreate:", "16:9: hooks.id: unknown name in the hook's module vendor_hooks 'nothing'"),
    ("note: {}", "note: {fill: {text: {max_nb_chars: 100000000}}}", "9:67: resources.deals.fields.note.fill: `max_nb_chars` is more than 10,000"),
    ("note: {}", "note: {fill: {pystr_format: {string_format: '" + "#" * 10_001 + "'}}}", "9:67: resources.deals.fields.note.fill: `string_format` has more than 10,000 letters"),
    ("note: {}", "note: {fill: {sentence: {ext_word_list: [" + "a," * 10_001 + "]}}}", "9:67: resources.deals.fields.note.fill: `ext_word_list` has more than 1,000 entries"),
    ("note: {}", "note: {fill: {bothify: {text: {a: [{b: 1000000000}]}}}}", "9:67: resources.deals.fields.note.fill: `text` is more than 10,000"),
    ("name: Acme", "name: [Acme", "3:7: "),
    (GOOD, "", "1:1: a vendor file is one document; got 0"),
]  # fmt: skip


@each_row(("there", "instead", "said"), MISTAKES)
def test_a_mistake_is_said_with_its_line_and_what_would_do(tmp_path, there, instead, said):
    found = mistakes(tmp_path, GOOD.replace(there, instead, 1))

    assert [each for each in found if each.startswith(said)], found or "none was found"


def test_all_mistakes_are_said_in_their_order_and_what_is_missing_too(tmp_path):
    text = GOOD.replace("{offset}", "{ofset}").replace("text: note", "text: nte")

    assert [each.split(":")[0] for each in mistakes(tmp_path, text)] == ["9", "12", "14"]
    assert mistakes(tmp_path, GOOD.replace("name: Acme\n", "")) == ["1:1: the key 'name' is missing"]
    with pytest.raises(VendorFileError, match="1:1: the file cannot be read: there is no such file"):
        connector_of(path_of(str(tmp_path / "none.yaml")))


def test_mistakes_of_shape_and_of_meaning_are_said_at_once(tmp_path):
    text = (
        GOOD.replace("name: Acme", "nmae: Acme")
        .replace("named_by: title", "named_by: titel")
        .replace("{type: integer}", "{type: intger}")
        .replace("{by: offset}", "{by: offset, max: many}")
        .replace("{start:", "{start2: '{ofset}', start:")
        .replace('path: "/{resource}/{id}"', "pth: x")
        .replace("create:", "hooks: {hub: nowhere_at_all:f}\ncreate:")
    )

    assert [each.partition("; ")[0] for each in mistakes(tmp_path, text)] == [
        "2:1: nmae: unknown key 'nmae'",
        "9:11: resources.deals.named_by: unknown field 'titel'",
        "9:77: resources.deals.fields.size.type: unknown value 'intger'",
        "12:3: list.parameters: unknown placeholder 'ofset'",
        "14:24: list.paging.max: expected a whole number from 1",
        "15:7: get.pth: unknown key 'pth'",
        "16:9: hooks.hub: cannot import the hook's module 'nowhere_at_all': there is no module 'nowhere_at_all'",
    ]


@each_row(
    "differs",
    {
        "nothing but what is needed": ("vendor: acme", ["record", "resources", "list", "get", "create"]),
        "a list for an object": (
            "vendor: acme\nname: A\nlist: []\nrecord: 5\nresources: {}",
            ["get", "create"],
        ),
        "many of one kind": (GOOD.replace("{}", "5"), []),
    },
)
def test_mistakes_of_any_shape_are_said_and_none_follows_from_another(tmp_path, differs):
    text, missing = differs
    found = mistakes(tmp_path, text)

    assert len(found) > 1
    assert [each for each in missing if f"1:1: the key {each!r} is missing" not in found] == []
    assert not [each for each in found if "placeholder" in each or "has to stand" in each]


@each_row(
    ("paging", "parameters"),
    {
        "a constant size": ("{by: offset, default: 5000, max: 5000}", 'start: "{offset}"'),
        "a size of the usual one": ("{by: offset}", 'start: "{offset}"'),
        "less than usual": ("{by: offset, default: 50, max: 50}", 'start: "{offset}"'),
        "the default alone": ("{by: offset, default: 50}", 'start: "{offset}"'),
        "by page": ("{by: page, default: 250, max: 250}", 'p: "{page}"'),
    },
)
def test_a_page_of_constant_size_has_a_spelling(tmp_path, paging, parameters):
    text = GOOD.replace("{by: offset}", paging).replace('start: "{offset}", size: "{size}"', parameters)

    assert mistakes(tmp_path, text) == []


def test_a_file_is_bounded(tmp_path):
    assert mistakes(tmp_path, GOOD + "#" * 2**20) == ["1:1: a vendor file has at most 1 MiB"]


def test_a_file_whose_hook_never_ends_is_refused_after_a_while(tmp_path):
    (tmp_path / "endless_hook.py").write_text("import threading\nthreading.Event().wait()\n", "utf-8")
    text = GOOD.replace("create:", "hooks: {id: 'endless_hook:f'}\ncreate:")

    (path := tmp_path / "acme.yaml").write_text(text, "utf-8")
    with pytest.raises(VendorFileError, match=r"1:1: it takes longer than 0\.2 s to check"):
        connector_of(path, within=timedelta(seconds=0.2))
