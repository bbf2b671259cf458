"""Resources of v3 that other plans have."""

import pytest

OF_BOTH = ["Ticket", "Prospect", "KnowledgeArticle"]
OF_V3_1 = ["Product", "Pricebook", "PricebookEntry", "Quotation", "OpportunityLineItem", "QuotationLineItem"]


@pytest.mark.parametrize(
    ("version", "resource"),
    [*(("v3.0", name) for name in OF_BOTH), *(("v3.1", name) for name in [*OF_BOTH, *OF_V3_1])],
)
def test_whoever_asks_for_them_has_no_access(crm, version, resource):
    at = crm.at(version)

    for path in (resource, f"{resource}/Search?top=500", f"{resource}/5"):
        assert "doesn't have access" in at.refused(403, "GET", path)
    assert at.refused(403, "POST", resource, json={})


@pytest.mark.parametrize("sub", ["MergeDocument/5", "OpportunityLineItem", "Pricebook"])
def test_so_it_is_with_what_hangs_below_a_record(crm, sub):
    deal = crm.create("Opportunities", OPPORTUNITY_NAME="Deal")["OPPORTUNITY_ID"]

    assert crm.refused(403, "PUT", f"Opportunities/{deal}/{sub}", json={})


@pytest.mark.parametrize(
    "path", ["/v2.2/Ticket", "/v2.1/Product", "/v3.0/Product", "/v3.1/Quote", "/v3.1/Tickets"]
)
def test_what_there_is_in_no_plan_is_not_there(crm, path):
    assert crm.send("GET", path).status == 404


def test_they_may_be_not_there_without_a_word(configured):
    reply = configured(out_of_plan_status=404).send("GET", "Ticket")

    assert (reply.status, reply.body) == (404, b"")
