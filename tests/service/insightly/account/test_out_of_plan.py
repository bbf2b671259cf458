"""Resources of v3 that the account's plan closes, and those that are not imitated."""

import pytest

HIDDEN = ["Product", "Pricebook", "PricebookEntry", "Quotation", "OpportunityLineItem", "QuotationLineItem"]
DENIED = [
    *("CommunityComments", "CommunityForums", "CommunityPosts", "ForumCategories"),
    *("KnowledgeArticle", "KnowledgeArticleCategory", "KnowledgeArticleFolder", "Prospect", "Ticket"),
]
NOWHERE = ["cti", "DocumentTemplates", "MarketingVisits", "MarketingCustomEvent"]


def calls_about(resource):
    """Return calls about a resource, by every sort of path that the vendor has below it."""
    reading = [
        ("GET", path)
        for path in (resource, f"{resource}/Search?top=500", f"{resource}/5", f"{resource}/5/Follow")
    ]
    return [
        *reading,
        ("POST", resource),
        ("PUT", resource),
        ("DELETE", f"{resource}/5"),
        ("PUT", f"{resource}/5/ImageField/Photo/a.png"),
        ("GET", f"{resource}/SearchByTag?tagName=x"),
    ]


@pytest.mark.parametrize("resource", HIDDEN)
def test_a_professional_account_finds_what_is_sold_hidden_without_a_word(crm, resource):
    for method, path in calls_about(resource):
        reply = crm.send(method, path, json={})

        assert (method, path, reply.status, reply.body) == (method, path, 404, b"")


@pytest.mark.parametrize("resource", DENIED)
def test_a_professional_account_has_no_access_to_service_and_community(crm, resource):
    for method, path in calls_about(resource):
        assert "doesn't have access" in crm.refused(403, method, path, json={})


@pytest.mark.parametrize("resource", ["Ticket", "Prospect", "KnowledgeArticle"])
def test_v3_0_has_fewer_of_them(crm, resource):
    assert "doesn't have access" in crm.at("v3.0").refused(403, "GET", resource)


@pytest.mark.parametrize(
    ("sub", "status"), [("OpportunityLineItem", 404), ("Pricebook", 404), ("MergeDocument/5", 403)]
)
def test_so_it_is_with_what_hangs_below_a_record(crm, sub, status):
    deal = crm.create("Opportunities", OPPORTUNITY_NAME="Deal")["OPPORTUNITY_ID"]

    for method in ("GET", "PUT"):
        assert crm.send(method, f"Opportunities/{deal}/{sub}", json={}).status == status


@pytest.mark.parametrize(
    "path", ["/v2.2/Ticket", "/v2.3/Product", "/v3.0/Product", "/v3.1/Quote", "/v3.1/Tickets"]
)
def test_what_there_is_in_no_plan_is_not_there(crm, path):
    assert crm.send("GET", path).status == 404


def test_the_plan_has_its_name_and_its_calls_of_a_day(crm, configured):
    for caller, plan, calls in (
        (crm, "Professional", 60_000),
        (configured(plan="Enterprise"), "Enterprise", 100_000),
    ):
        for version in ("v2.2", "v3.1"):
            reply = caller.at(version).send("GET", "Instance")

            assert (
                reply.headers["X-RateLimit-Limit"],
                caller.at(version).shown("Instance")["PLAN_NAME"],
            ) == (
                str(calls),
                plan,
            )


def test_a_daily_limit_of_ones_own_goes_before_the_plans(configured):
    assert configured(daily_limit=7).send("GET", "Users").headers["X-RateLimit-Limit"] == "7"


def test_an_enterprise_account_is_told_that_what_is_open_to_it_is_not_imitated(configured):
    crm = configured(plan="Enterprise")
    deal = crm.create("Opportunities", OPPORTUNITY_NAME="Deal")["OPPORTUNITY_ID"]

    for path in (*HIDDEN, *DENIED, *NOWHERE, f"Opportunities/{deal}/Pricebook", "/v3.0/Ticket"):
        assert "does not imitate" in crm.refused(501, "GET", path)
    assert crm.send("GET", "/v3.0/Product").status == 404


def test_what_a_professional_account_has_too_and_is_not_imitated_says_so(crm):
    fruit = crm.create("Fruit__c", RECORD_NAME="Apple")["RECORD_ID"]

    for path in (*NOWHERE, f"Fruit__c/{fruit}/Translations/de"):
        assert "does not imitate" in crm.refused(501, "GET", path)
