"""What a run has made at a tenant is deleted at its end."""

import pytest

from elements_local.clients.service_client import ServiceClient
from elements_local.commands.tenant_replay.own_data import OwnData
from elements_local.kit.http_message import Reply


class _Tenant:
    """Answers every call with one status."""

    def __init__(self, status):
        self.status = status
        self.deleted = []

    def send(self, method, url, **_rest):
        self.deleted.append((method, url))
        return Reply(status=self.status)


@pytest.mark.parametrize(("status", "is_left"), [(200, False), (404, False), (403, True), (500, True)])
def test_what_could_not_be_deleted_is_reported_unless_it_is_gone_already(status, is_left):
    tenant = _Tenant(status)
    platform, crm = (ServiceClient(http=tenant, url=f"http://{name}", headers={}) for name in ("p", "c"))

    left = list(OwnData(platform, crm, instances=[5], records=[("Contacts", 7)]).take_away())

    assert tenant.deleted == [("DELETE", "http://p/instances/5"), ("DELETE", "http://c/Contacts/7")]
    assert [each.partition(":")[0] for each in left] == (["instance 5", "Contacts 7"] if is_left else [])
