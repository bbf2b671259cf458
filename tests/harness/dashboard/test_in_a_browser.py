"""The dashboard in a real browser: by clicking, by keys, live, and without anything that keeps somebody out."""

import os
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
import requests
from deadline import DEADLINE_S
from examples import LONG
from programs import find_program

from elements_local.clients.guide import instance_body, poller_entry
from elements_local.dashboard.context import MOST_STREAMS
from elements_local.start import Options, on_ports

sync_api = pytest.importorskip(
    "playwright.sync_api", reason="playwright is not installed: python3 .ci/develop.py"
)
axe = pytest.importorskip("axe_playwright_python.sync_playwright")
expect = sync_api.expect
DEADLINE_MS = DEADLINE_S * 1000
expect.set_options(timeout=DEADLINE_MS)

PICTURES = os.environ.get("ELEMENTS_LOCAL_TEST_SCREENSHOTS")

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--renderer-process-limit=1",
    "--in-process-gpu",
]
PAGES = (
    "",
    "instances/",
    "instances/new",
    "instances/{instance}",
    "records/",
    "records/Contacts/new",
    "records/Contacts/{record}",
    "callbacks/",
    "callbacks/2",
    "faults/",
    "audit/",
    "journal/",
    "journal/crm/latest",
    "state/",
    "polls/",
    "polls/1",
    "notifications/",
    "notifications/{notification}",
    "why/?instanceId={instance}&resource=contacts&recordId={record}",
)
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)> \u202e א 😀" + "x" * 180


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    chromium, home = find_program("chromium", "google-chrome"), str(tmp_path_factory.mktemp("home"))
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=chromium, args=QUIET, timeout=DEADLINE_MS, env={**os.environ, "HOME": home}
        )
        yield started
        started.close()


@pytest.fixture
def at(stack_on_ports, mine):
    return pages_of(stack_on_ports, mine)


@pytest.fixture
def ids(mine):
    return have_a_story(mine)


@pytest.fixture(scope="module")
def shared(stack_on_ports):
    """A workspace with a story, for tests that change nothing: where its pages are, and what is in their addresses."""
    made = stack_on_ports.new_workspace(seed=8)
    yield SimpleNamespace(
        at=pages_of(stack_on_ports, made),
        ids=have_a_story(made),
        callback_url=made.credentials.callback_url,
    )
    stack_on_ports.delete_workspace(made.credentials.name)


def pages_of(stack, clients):
    return f"{stack.addresses.platform}/_local/dashboard/{clients.credentials.name}/"


def have_a_story(clients):
    """Have two contacts' callbacks sent, one of them twice; return what is in the addresses of the pages."""
    instance = clients.platform.create_instance(instance_body(clients.credentials))
    record = clients.crm.create("Contacts", {"FIRST_NAME": HOSTILE[:40]})
    clients.clock.advance("15m")
    clients.sink.respond({"status": 503, "times": 2})
    clients.crm.update("Contacts", record["CONTACT_ID"], {"LAST_NAME": "King"})
    clients.clock.advance("15m")
    sent = clients.platform.call("GET", "/_local/deliveries")["deliveries"]
    return {
        "instance": instance["id"],
        "record": record["CONTACT_ID"],
        "notification": sent[0]["notificationId"],
    }


@pytest.fixture
def visit(browser):
    """Open a page in a window of its own; what its console says is an error fails the test."""
    contexts, said = [], []

    def opened(url, **choices):
        context = browser.new_context(**{"viewport": SCREEN, **choices})
        context.set_default_timeout(DEADLINE_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("dialog", lambda dialog: said.append(dialog.message) or dialog.dismiss())
        page.goto(url)
        return page

    opened.said = said
    yield opened
    for context in contexts:
        context.close()


def live(page):
    expect(page.locator("#live-state")).to_have_text("live")


def is_live(page):
    state = page.locator("#live-state")
    expect(state).not_to_have_text("connecting")
    return state.text_content() == "live"


def pictured(page, path, look):
    """Keep what a page looks like in the folder that the environment names, if it names one."""
    if PICTURES is not None:
        live(page)
        name = re.sub(r"\W+", "-", path.partition("?")[0]).strip("-") or "timeline"
        pictured_as(page, f"{name}-{look}")


def pictured_as(page, name):
    if PICTURES is not None:
        page.screenshot(path=Path(PICTURES) / f"{name}.png")


SCREEN, PHONE, WIDE = ({"width": width, "height": 900} for width in (1280, 390, 1920))
OPENED = {"callbacks/2", "journal/crm/latest"}
_ALSO = {name: {"enabled": True} for name in ("target-size", "label-content-name-mismatch")}
EVERYTHING = {"rules": _ALSO, "resultTypes": ["violations"]}
COLOURS = {"runOnly": ["color-contrast"], "resultTypes": ["violations"]}
"""What is looked at in the dark: colours alone are others there."""
SIZES = {"runOnly": ["target-size", "scrollable-region-focusable"], "resultTypes": ["violations"]}
"""What is looked at in a window of another width: what can be hit, and what is moved sideways."""
OUT_OF_SIGHT = """[...document.querySelectorAll("main td")]
  .some(each => each.getBoundingClientRect().right > innerWidth)"""
LOOKS = [
    ("light", SCREEN, EVERYTHING),
    ("dark", SCREEN, COLOURS),
    ("light", PHONE, SIZES),
    ("light", WIDE, SIZES),
]
if LONG:
    LOOKS = [(theme, size, EVERYTHING) for size in (SCREEN, PHONE, WIDE) for theme in ("light", "dark")]


def findings(page, path):
    """Yield what axe says against a page with all that it folds unfolded, in each look, and whether it is too wide."""
    page.evaluate("document.querySelectorAll('main details').forEach(each => each.open = true)")
    for theme, size, options in LOOKS:
        page.emulate_media(color_scheme=theme)
        page.set_viewport_size(size)
        if not page.evaluate("'axe' in window"):
            axe.Axe().run(page, options=SIZES)  # which brings it there
        for each in page.evaluate("options => axe.run(options)", options)["violations"]:
            node = each["nodes"][0]
            yield path, theme, size["width"], each["id"], node["html"][:200], node["failureSummary"]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            yield path, size["width"], "is wider than the window"
        if size == PHONE and page.evaluate(OUT_OF_SIGHT):
            yield path, size["width"], "has a cell of a table out of sight"


def test_nothing_keeps_anybody_out_of_any_page_in_any_look_and_none_is_wider_than_its_window(visit, shared):
    """What was opened from a list stands before it on a phone."""
    page = visit(shared.at)
    found = []
    for path in PAGES:
        for look, theme, size in (
            ("light", "light", SCREEN),
            ("dark", "dark", SCREEN),
            ("narrow", "light", PHONE),
        ):
            page.emulate_media(color_scheme=theme)
            page.set_viewport_size(size)
            if look == "light":
                page.goto(shared.at + path.format(**shared.ids))
            pictured(page, path, look)
        if path in OPENED:
            opened = page.get_by_role("link", name="back to the list").bounding_box()
            assert opened["y"] < page.get_by_label("List", exact=True).bounding_box()["y"]
        assert page.locator("main").bounding_box()["y"] < PHONE["height"] / 6
        found += findings(page, path)

    assert found == []
    assert visit.said == []


class Mouse:
    """Somebody who clicks; texts are typed into what was clicked."""

    def __init__(self, page):
        self._page = page

    def go(self, name):
        self._page.get_by_label("Pages").get_by_role("link", name=name).click()

    def follow(self, name):
        self._page.get_by_role("link", name=name, exact=True).first.click()

    def press(self, name):
        self._page.get_by_role("button", name=name, exact=True).click()

    def fill(self, label, text):
        self._page.get_by_label(label).fill(text)

    def choose(self, label, option):
        self._page.get_by_label(label).select_option(label=option)

    def open_first_row(self):
        self._page.locator("[data-row]").first.click()

    def unfold(self, name):
        self._page.get_by_text(name, exact=True).click()


class Keyboard:
    """Somebody who has no mouse."""

    def __init__(self, page):
        self._page = page
        self._press = page.keyboard.press

    def go(self, name):
        live(self._page)
        self._press(self._page.get_by_label("Pages").get_by_role("link", name=name).get_attribute("data-key"))
        expect(self._page.get_by_label("Pages").locator("[aria-current]")).to_have_text(name)

    def follow(self, name):
        self._tab_to(name)
        with self._page.expect_navigation():
            self._press("Enter")

    press = follow

    def fill(self, label, text):
        self._tab_to(label)
        self._press("Control+A")
        self._page.keyboard.insert_text(text)

    def choose(self, label, option):
        self._tab_to(label)
        self._page.keyboard.type(option)

    def open_first_row(self):
        live(self._page)
        self._press("j")
        with self._page.expect_navigation():
            self._press("Enter")

    def unfold(self, name):
        self._tab_to(name)
        self._press("Enter")

    def _tab_to(self, name):
        """Move on with the Tab key until what has the focus is called so."""
        for _ in range(self._page.evaluate(BEFORE, name)):
            self._press("Tab")
        for _ in range(150):
            self._press("Tab")
            if self._page.evaluate(f"({CALLED})(document.activeElement)").startswith(name):
                return
        raise AssertionError(f"no {name} is reached by Tab")


CALLED = """each => (each.ariaLabel || each.labels?.[0]?.textContent.trim() || each.innerText || "")
  .split("\\n")[0].trim()"""
BEFORE = f"""name => {{
  const all = [...document.querySelectorAll("a[href], button, input, select, textarea, summary")];
  const here = all.filter(each => each.tabIndex >= 0 && each.checkVisibility());
  const after = here.slice(here.indexOf(document.activeElement) + 1);
  return Math.max(0, after.findIndex(each => ({CALLED})(each).startsWith(name)) - 2);
}}"""
"""How many times Tab is to be pressed before it is looked whether what has the focus is called so."""
CONTACTS = poller_entry("contacts", "CONTACT_ID")
LAG = "Lists have nothing yet of the last 30 seconds"
WHY = "Why did it, or did it not, lead to a callback?"


def is_reported(page, hand):
    """Make the instance and a contact, change it, and see the callback with its explanation."""
    hand.follow("Make an instance")
    hand.press("Make the instance")
    expect(page.get_by_text("its first poll is one interval from now")).to_be_visible()
    hand.go("Records")
    hand.follow("New")
    hand.press("Make it")
    expect(page.get_by_text("No poll has seen it so far.")).to_be_visible()
    hand.press("to the next")
    expect(page.get_by_text("4 polls, 1 event, 1 callback")).to_be_visible()
    change(page, hand, '{"LAST_NAME": "King"}')
    hand.go("Callbacks")
    hand.open_first_row()
    expect(page.get_by_role("heading", name="UPDATED")).to_be_visible()
    expect(page.get_by_text("signature valid").first).to_be_visible()
    hand.follow("record")
    hand.follow(WHY)
    expect(page.get_by_role("heading", name="was reported")).to_be_visible()


def is_lost(page, hand):
    """Have the CRM's lists lag, and make a contact ten seconds before a poll."""
    hand.go("Faults")
    hand.choose("A fault of the crm to switch on", LAG)
    hand.press("Switch on a fault of the crm")
    expect(page.get_by_text("0 seen, 0 struck")).to_be_visible()
    hand.fill("An instant to move time to", "2026-03-02T10:59:50Z")
    hand.press("Go")
    hand.go("Records")
    hand.follow("New")
    hand.press("Make it")
    hand.press("+15 min")
    hand.press("+15 min")
    expect(page.get_by_text("No poll has seen it so far.")).to_be_visible()
    hand.follow(WHY)
    expect(page.get_by_role("heading", name="was not reported")).to_be_visible()


def is_cured(page, hand):
    """Take the cure that was tried, and see the next change reported."""
    expect(page.get_by_text("✓ tried")).to_be_visible()
    hand.press(
        "Change the configuration of contacts so, make a record as the lost one was, and move time to its callback"
    )
    expect(page.get_by_text("This record was made 10 s before its poll")).to_have_class("notice good")
    expect(page.get_by_role("heading", name="was reported")).to_be_visible()


def is_mended(page, hand):
    """See on the timeline what will be regretted, and make the change that fixes it."""
    hand.go("Timeline")
    hand.press("Mend it")
    expect(page.get_by_text("its change is made, and the warning is gone")).to_be_visible()
    expect(page.get_by_role("heading", name="Warnings")).to_have_count(0)


def change(page, hand, fields):
    hand.unfold("Change it as JSON")
    hand.fill("What is changed here", fields)
    hand.press("Save what was changed")
    expect(page.get_by_text("Changed: LAST_NAME.")).to_be_visible()
    hand.press("+15 min")
    hand.press("+15 min")


@pytest.mark.parametrize("by", [Mouse, Keyboard] if LONG else [Keyboard])
def test_the_whole_guide_is_done_by_mouse_or_by_keyboard_alone(visit, at, mine, by):
    """From making the instance to curing what was not reported."""
    page = visit(at)
    hand = by(page)

    is_reported(page, hand)
    assert len(mine.sink.callbacks()) == 2
    is_lost(page, hand)
    assert len(mine.sink.callbacks()) == 2
    is_cured(page, hand)

    assert len(mine.sink.callbacks()) == 3
    (poller,) = mine.platform.pollers()
    mine.platform.patch_instance(
        poller["instanceId"],
        {"configuration": {"event.poller.configuration": {"contacts": {**CONTACTS, "pollDelay": 900}}}},
    )
    is_mended(page, hand)
    assert visit.said == []


def test_what_is_pointed_at_is_written_below_the_axis_and_dragging_shows_a_range_alone(visit, shared):
    page = visit(f"{shared.at}?depth=1")
    live(page)
    bar, box = page.locator(".bar").first, page.locator(".track").first.bounding_box()
    height = box["y"] + box["height"] / 2

    bar.hover()
    expect(page.locator("#pointed")).to_have_text(bar.get_attribute("title"))
    page.mouse.move(box["x"] + box["width"] / 4, height)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 3 / 4, height, steps=3)
    with page.expect_navigation():
        page.mouse.up()

    assert re.search(r"depth=1&from=2026-03-02T10%3A11%3A\d\dZ&to=2026-03-02T10%3A33%3A\d\dZ$", page.url)
    assert visit.said == []


def test_pointing_at_a_mark_lights_what_belongs_to_it_in_the_other_lanes(visit, at, mine):
    mine.platform.create_instance(instance_body(mine.credentials))
    ada = mine.crm.create("Contacts", {"FIRST_NAME": "Ada"})["CONTACT_ID"]
    mine.clock.advance("5m")
    mine.crm.create("Leads", {"LAST_NAME": "Hopper"})
    mine.clock.advance("30m")
    page = visit(at)
    live(page)

    page.locator(f".mark[title*='Contacts {ada}']").hover()

    lit = page.locator(".mark.lit")
    expect(lit).to_have_count(4)
    assert [lane for lane in range(6) if page.locator(".lane").nth(lane).locator(".lit").count()] == [
        0,
        1,
        2,
        3,
    ]
    page.locator(".legend").hover()
    expect(lit).to_have_count(0)
    assert visit.said == []


def test_keys_lead_through_a_list_and_back_to_the_row(visit, shared):
    page = visit("about:blank")
    for url in (f"{shared.at}callbacks/", f"{shared.at}journal/?service=crm&q=-nobody"):
        page.goto(url)
        live(page)
        for key in "jjkj":
            page.keyboard.press(key)
        row = page.evaluate("document.activeElement.href")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert page.url == row
        live(page)
        with page.expect_navigation():
            page.keyboard.press("Escape")
        live(page)
        assert page.url == url
        assert page.evaluate("document.activeElement.href") == row
    assert visit.said == []


def test_keys_lead_from_one_to_the_next_beside_the_list(visit, shared):
    page = visit(f"{shared.at}callbacks/2?q=-nobody")
    live(page)
    for key in ("j", "j", "Enter"):
        page.keyboard.press(key)
    page.wait_for_url("**/callbacks/1?q=-nobody")
    live(page)
    page.keyboard.press("Escape")
    page.wait_for_url("**/callbacks/?q=-nobody")
    live(page)

    assert page.evaluate("document.activeElement.id") == "callback-1"


def test_keys_search_and_lead_to_the_clock_and_to_their_own_list(visit, shared):
    page = visit(f"{shared.at}callbacks/")
    live(page)
    page.keyboard.press("/")
    page.keyboard.type("nothing of the kind")
    page.keyboard.press("Enter")
    expect(page.get_by_text("None matches.")).to_be_visible()
    live(page)
    page.keyboard.press("a")
    assert page.evaluate("document.activeElement.innerText") == "+1 min"
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert visit.said == []


@pytest.mark.usefixtures("ids")
def test_what_comes_is_shown_without_reloading_and_counted_while_it_is_paused(visit, at, mine):
    page = visit(f"{at}callbacks/")
    live(page)
    expect(page.locator("[data-row]")).to_have_count(2)

    mine.sink.http.send("POST", mine.credentials.callback_url, body=b'{"hello": 1}')

    expect(page.locator("[data-row]")).to_have_count(3)
    mine.clock.advance("5s")
    expect(page.locator("[data-row]")).to_have_count(4)
    expect(page.locator(".now")).to_have_text("2026-03-02 10:30:06")
    page.get_by_role("button", name="Pause").click()

    mine.sink.http.send("POST", mine.credentials.callback_url, body=b"{}")

    expect(page.locator("#live-state")).to_have_text("paused, 1 update waiting")
    expect(page.locator("[data-row]")).to_have_count(4)
    page.get_by_role("button", name="Follow").click()
    expect(page.locator("[data-row]")).to_have_count(5)
    assert visit.said == []


def test_what_is_being_typed_stays(visit, at, mine, ids):
    page = visit(f"{at}records/Contacts/{ids['record']}")
    live(page)
    Mouse(page).unfold("Change it as JSON")
    page.locator("textarea").fill("half a thought")

    mine.clock.advance("1h")

    expect(page.locator(".now")).to_have_text("2026-03-02 11:30:01")
    expect(page.locator("textarea")).to_have_value("half a thought")


def test_two_tabs_show_two_workspaces(visit, at, mine, stack_on_ports):
    other = stack_on_ports.new_workspace()
    try:
        pages = visit(at), visit(at.replace(mine.credentials.name, other.credentials.name))
        for page, name in zip(pages, ("Ada", "Eve"), strict=True):
            Mouse(page).go("Records")
            Mouse(page).follow("New")
            page.locator("textarea").fill(f'{{"FIRST_NAME": "{name}"}}')
            Mouse(page).press("Make it")
            Mouse(page).go("Records")
            live(page)

        Mouse(pages[0]).press("+1 h")

        for page, now, own, others in (
            (pages[0], "11:00:00", "Ada", "Eve"),
            (pages[1], "10:00:00", "Eve", "Ada"),
        ):
            expect(page.locator(".now")).to_have_text(f"2026-03-02 {now}")
            expect(page.locator("main").get_by_text(own)).to_be_visible()
            expect(page.locator("main").get_by_text(others)).to_have_count(0)
        assert visit.said == []
    finally:
        stack_on_ports.delete_workspace(other.credentials.name)


LEFT_OPEN = {
    "": "Nothing has happened here yet",
    "callbacks/": "No callbacks yet",
    "callbacks/2": "no callback 2",
    "instances/{instance}": "There is no instance {instance}",
    "records/Contacts/{record}": "There is no record {record}",
}


def test_pages_that_are_left_open_follow_a_reset(visit, at, mine, ids):
    pages = {path: visit(at + path.format(**ids)) for path in LEFT_OPEN}
    for page in pages.values():
        live(page)

    mine.reset()

    for path, then in LEFT_OPEN.items():
        expect(pages[path].get_by_text(then.format(**ids))).to_be_visible()
        expect(pages[path].get_by_text(HOSTILE[:20])).to_be_hidden()
        live(pages[path])
        pages[path].context.close()
    journal = visit(f"{at}journal/")  # by itself: other pages ask the platform, too
    live(journal)
    mine.reset()
    expect(journal.get_by_text("has not been asked for anything yet")).to_be_visible()
    assert [each for each in visit.said if "404" not in each] == []


@pytest.mark.usefixtures("patient_pages")
def test_and_a_restart(visit, tmp_path):
    with on_ports(Options(ports=(0, 0, 0), data=tmp_path)) as stack:
        ports = tuple(int(url.rpartition(":")[2]) for url in stack.addresses.running.values())
        ada = stack.workspace().crm.create("Contacts", {"FIRST_NAME": "Ada"})["CONTACT_ID"]
        page = visit(f"{stack.addresses.platform}/_local/dashboard/default/records/Contacts/{ada}")
        live(page)
        Mouse(page).unfold("Change it as JSON")
        page.locator("#json").fill('{"LAST_NAME": "King"}')
        save, advance = (page.get_by_role("button", name=name) for name in ("Save what was changed", "+1 m"))

    gone = page.get_by_role("alert").filter(has_text="The stack does not answer")
    expect(gone).to_be_visible()
    pictured_as(page, "gone")
    box = gone.bounding_box()
    assert abs(box["x"] + box["width"] / 2 - SCREEN["width"] / 2) < 10
    assert SCREEN["height"] / 4 < box["y"] + box["height"] / 2 < SCREEN["height"] * 3 / 4
    expect(save).to_be_disabled()
    expect(advance).to_be_disabled()
    before = page.url
    Mouse(page).go("Audit")
    assert page.url == before
    with on_ports(Options(ports=ports, data=tmp_path)):
        expect(gone).to_be_hidden()
        expect(advance).to_be_enabled()
        save.click()
        expect(page.get_by_text("Changed: LAST_NAME.")).to_be_visible()
        live(page)

    expect(gone).to_be_visible()
    with on_ports(Options(ports=ports, data=tmp_path)) as stack:
        stack.workspace().clock.advance("3h")
        expect(page.locator(".now")).to_have_text("2026-03-02 13:00:00")
        live(page)
        page.get_by_role("button", name="+1 min").click()
        expect(page.get_by_text("Time is 2026-03-02 13:01:00")).to_be_visible()
    gone = ("net::ERR", "Failed to fetch")
    assert [each for each in visit.said if not any(words in each for words in gone)] == []


def test_a_long_advance_shows_how_far_it_is_and_is_stopped(visit, at, mine, ids):
    page, open_beside = visit(at), visit(f"{at}polls/")
    live(page)
    live(open_beside)
    mine.platform.patch_instance(ids["instance"], {"configuration": {"event.poller.refresh_interval": "1"}})
    page.locator("input[name=to]").fill("2036-03-02T10:30:00Z")
    page.get_by_role("button", name="Go").click()

    for each in (page, open_beside):
        expect(each.get_by_role("progressbar")).to_be_visible()
    page.get_by_role("button", name="Stop").click()

    for each in (page, open_beside):
        expect(each.get_by_role("button", name="+1 d")).to_be_visible()
        expect(each.locator(".now")).to_have_text(mine.clock.show()["now"].replace("T", " ").rstrip("Z"))
    assert "advance" not in mine.clock.show()
    assert visit.said == []


@pytest.mark.usefixtures("mine", "patient_pages")
def test_without_a_script_everything_but_live_updates_works(visit, at):
    page = visit(at, java_script_enabled=False)
    expect(page.locator("#live-state")).to_be_hidden()

    page.get_by_role("link", name="Make an instance").click()
    page.get_by_role("button", name="Make the instance").click()
    page.get_by_role("button", name="+15 min").click()

    expect(page.get_by_text("Time is 2026-03-02 10:15:00: 4 polls.")).to_be_visible()


@pytest.mark.usefixtures("ids")
def test_hostile_data_runs_nothing_and_widens_nothing(visit, at, mine):
    mine.crm.create("Contacts", {"FIRST_NAME": HOSTILE})
    mine.sink.http.send("POST", mine.credentials.callback_url, body=(HOSTILE + "y" * 1_000_000).encode())
    mine.crm.script_faults([{"effect": {"status": 500}, "when": {"first_n": 1}}])
    mine.clock.advance("15m")

    page = visit("about:blank")
    for path in ("", "records/", "callbacks/", "callbacks/latest", "journal/sink/latest", "polls/latest"):
        page.goto(at + path)
        expect(page.locator("main")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path

    assert visit.said == []


def test_one_click_copies(visit, shared):
    page = visit(f"{shared.at}callbacks/1", permissions=["clipboard-read", "clipboard-write"])

    Mouse(page).follow("cURL")

    expect(page.get_by_text("copied")).to_be_visible()
    text = page.evaluate("navigator.clipboard.readText()")
    assert text.startswith(f"curl -X POST {shared.callback_url}")
    assert page.url.endswith("/callbacks/1")
    assert visit.said == []


def test_the_theme_is_chosen_and_kept(visit, at):
    page = visit(at, color_scheme="light")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")

    page.get_by_role("button", name="Theme: auto").click()
    page.get_by_role("button", name="Theme: light").click()
    page.reload()

    expect(page.get_by_role("button", name="Theme: dark")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light


@pytest.mark.usefixtures("stack_on_ports")
def test_streams_are_limited_and_pages_say_so(visit):
    with on_ports(Options(ports=(0, 0, 0))) as stack:
        url = f"{stack.addresses.platform}/_local/"
        held = [
            requests.get(f"{url}dashboard/default/stream", stream=True, timeout=DEADLINE_S)
            for _ in range(MOST_STREAMS)
        ]

        page = visit(url)

        assert {each.status_code for each in held} == {200}
        expect(page.locator("#live-state")).to_have_text("not live: reload to follow")
        for each in held:
            each.close()
        while not is_live(page):  # that nobody reads a stream any more is noticed at the next look
            page.reload()
    assert [each for each in visit.said if "503" not in each] == []


def test_what_happens_before_the_page_follows_is_not_missed(visit, at, mine):
    page = visit("about:blank")
    page.route("**/stream*", lambda route: (mine.clock.advance("1h"), route.continue_()))

    page.goto(at)

    expect(page.locator(".now")).to_have_text("2026-03-02 11:00:00")


@pytest.mark.usefixtures("stack_on_ports")
def test_a_loss_of_another_vendor_is_made_and_cured_without_a_terminal(visit):
    with on_ports(Options(ports=(0, 0, 0), vendors=("hubspotcrm",))) as stack:
        page = visit(f"{stack.addresses.platform}/_local/")
        mouse = Mouse(page)

        mouse.follow("Make an instance")
        mouse.follow("hubspotcrm")
        mouse.press("Make the instance")
        mouse.follow("Faults")
        page.get_by_label("A fault of the hubspotcrm to switch on").select_option("index-lag")
        mouse.press("Switch on a fault of the hubspotcrm")
        move_to(page, "2026-03-02 10:14:50")
        mouse.follow("Records")
        mouse.follow("hubspotcrm.contacts")
        mouse.follow("New")
        mouse.press("Make it")
        move_to(page, "2026-03-02 10:31:00")
        mouse.follow("Why did it, or did it not, lead to a callback?")
        expect(page.locator("h1")).to_contain_text("was not reported")
        page.get_by_role("button", name=re.compile("make a record as the lost one was")).click()

        expect(page.get_by_role("status").filter(has_text="and was reported")).to_have_class("notice good")
    assert visit.said == []


def move_to(page, instant):
    page.get_by_label("An instant to move time to").fill(instant)
    page.get_by_role("button", name="Go", exact=True).click()
    expect(page.locator(".now")).to_have_text(instant)


@pytest.mark.usefixtures("stack_on_ports")
def test_the_first_click_shows_a_lost_change_and_leads_to_an_instance_of_ones_own(visit):
    with on_ports(Options(ports=(0, 0, 0))) as stack:
        page = visit(f"{stack.addresses.platform}/_local/")
        found = [*findings(page, "empty")]

        Mouse(page).press("Show me a lost change")

        expect(page.locator(".steps .chip.bad")).to_have_count(1)
        expect(page.locator(".steps .chip.good")).to_have_count(1)
        assert [*found, *findings(page, "lost-change")] == []
        Mouse(page).follow("Make your own")
        expect(page.get_by_role("button", name="Make the instance")).to_be_visible()
    assert visit.said == []
