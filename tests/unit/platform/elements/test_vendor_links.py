"""Links of a vendor file: whether they date records anew."""

import pytest

from elements_local.start import Options, in_process

LINKED = """
vendor: linked
name: Linked
origin: https://api.linked.example
authentication: {key: token, header: Authorization, value: "Bearer {key}"}
record: {created: {path: made}, updated: {path: changed}}
resources:
  people: {named_by: name, text: note, fields: {name: {}, note: {}}}
  firms: {named_by: name, text: note, fields: {name: {}, note: {}}}
list: {path: "/{resource}", answer: {data: "{records}"}, paging: {by: offset, default: 50, max: 50}, parameters: {start: "{offset}"}}
get: {path: "/{resource}/{id}"}
create: {path: "/{resource}", body: "{fields}"}
update: {path: "/{resource}/{id}", body: "{fields}"}
delete: {path: "/{resource}/{id}"}
links:
  updates: UPDATES
  pairs: [{between: [people, firms], labels: [{types: [1, 2], names: [works_at, employs]}]}]
  parameter: with
  path: "{to}"
  shown: [{id: "{other}"}]
  calls:
    - {does: add, method: PUT, path: "/{resource}/{id}/links/{to}/{other}", answer: null}
"""


@pytest.mark.parametrize("updates", [True, False])
def test_a_link_dates_both_records_anew_where_a_file_says_so(tmp_path, updates):
    file = tmp_path / "linked.yaml"
    file.write_text(LINKED.replace("UPDATES", str(updates).lower()), "utf-8")
    with in_process(Options(vendors=(file,))) as stack:
        clients = stack.workspace()
        ada = clients.crm.create("linked/people", {"name": "Ada"})["id"]
        acme = clients.crm.create("linked/firms", {"name": "Acme"})["id"]
        before = {
            kind: clients.crm.get(f"linked/{kind}", each) for kind, each in (("people", ada), ("firms", acme))
        }
        clients.clock.advance("1h")
        key = {"Authorization": f"Bearer {clients.credentials.crm_api_key}"}

        put = clients.fakes["linked"].send("PUT", f"/people/{ada}/links/firms/{acme}", headers=key)

        after = {
            kind: clients.crm.get(f"linked/{kind}", each) for kind, each in (("people", ada), ("firms", acme))
        }
        assert put.ok, put.body
        assert [after[kind]["changed"] != before[kind]["changed"] for kind in before] == [updates] * 2
