"""What a newcomer asks is answered by a page that is found from its title, as the list of pages has it."""

import re

import pytest
from doc_pages import INDEX

QUESTIONS = {
    "How is the signature made?": ("receiver.md", "HMAC-SHA256"),
    "How do I get a retry?": ("receiver.md", 'elements_sink.respond({"status": 503'),
    "Why did nothing come?": ("explain.md", "elements-local explain"),
    "How do I run two or several workspaces?": (
        "workspaces.md",
        "POST http://127.0.0.1:4700/_local/workspaces",
    ),
    "How do I test a page boundary?": ("page-boundaries.md", "pageSize"),
    "Which settings are there?": ("settings.md", "elements-local settings"),
    "How do I use my own receiver?": ("receiver.md", "elements_receiver"),
    "How do I upload a file of records in bulk?": ("bulk.md", "POST /bulk/contacts"),
    "How do I run it in CI?": ("ci.md", "elements-local replay"),
    "How do I move from the real platform?": ("from-the-platform.md", "once host and secrets are others"),
    "What is not imitated?": ("not-imitated.md", "501"),
    "How do I write back from my app?": ("two-way.md", "through the hub"),
    "Which are all the keys of a poller?": ("poller-configuration.md", "`pageSize`"),
    "How do I change the ports?": ("ports.md", "--platform-port 5700"),
    "How is a fault rule written?": ("fault-rules.md", '"effect": {"status": 503}'),
    "What are the limits of the CRM?": ("crm-limits.md", "up --limits vendor"),
    "How do I use custom fields?": ("crm-limits.md", "CUSTOMFIELDS"),
    "Which check do I use when?": ("which-check.md", "[`audit`](audit.md)"),
    "How do I test against my tenant?": ("against-a-tenant.md", "--tenant tenant.yaml"),
    "How do I describe another CRM in a file?": ("another-crm.md", "elements-local vendor new"),
    "How do I certify my own poller?": ("certify-a-poller.md", "elements-local certify poller --"),
    "How do I share a stack with a team?": ("shared.md", "--role worker"),
    "Is Windows supported?": ("windows.md", "WSL"),
    "What does events() return?": ("python.md", "A list of objects. `id` is the event's"),
}
SMALL = {
    *re.findall(r"\w+", "how is the do i get a did which are there it in from what or does of my all on")
}


def stems(text):
    """Return the words of a text without their endings: retry and retries, run and running are the same."""
    words = {word for word in re.findall(r"\w+", text.lower()) if word not in SMALL}
    return {re.sub(r"(.)\1$", r"\1", re.sub(r"(ings?|ies|ed|[esy])$", "", word)) for word in words}


def titles():
    """Return the pages of the index with their titles: the label there, and the page's own."""
    listed = re.findall(r"^- \[(.+?)\]\(([\w-]+\.md)\)", INDEX.read_text("utf-8"), re.MULTILINE)
    heads = {page: (INDEX.parent / page).read_text("utf-8").partition("\n")[0] for _, page in listed}
    return {page: f"{label} {heads[page]}" for label, page in listed}


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_title_with_most_of_the_questions_words_is_that_of_the_page_with_the_answer(question):
    page, answer = QUESTIONS[question]
    found = {name: len(stems(question) & stems(title)) for name, title in titles().items()}
    best = max(found.values())

    assert best
    assert [name for name, count in found.items() if count == best] == [page]
    assert answer in (INDEX.parent / page).read_text("utf-8")
