// What needs a script: keys, copying, the theme, pausing live updates. All else works without.
// It stands before htmx, which connects as soon as it is there, so that it hears of that.
"use strict";
(() => {
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const say = (text) => { one("#live-state").textContent = text; };

  // Live updates: paused, they are counted.
  let paused = false, missed = 0;
  function pause(on) {
    paused = on;
    const button = one("#pause");
    button.textContent = on ? "Follow" : "Pause";
    button.setAttribute("aria-pressed", String(on));
    if (on) { say("paused"); return; }
    say("live");
    if (missed) { missed = 0; htmx.trigger("#live", "changed"); }
  }
  document.addEventListener("htmx:sse:before:message", (event) => {
    if (!paused) return;
    event.preventDefault();
    missed += 1;
    say(`paused, ${missed} update${missed === 1 ? "" : "s"} waiting`);
  });
  document.addEventListener("htmx:sse:after:connection", () => { rest(false); if (!paused) say("live"); });
  document.addEventListener("htmx:sse:error", (event) => {
    const { connection, status } = event.detail;
    say("not live: connecting again");
    // any answer comes of a stack that is there; before a second attempt it may be the line alone
    if (status && status !== 502 && status !== 504) rest(false);
    else if (connection?.attempt) rest(true);
  });
  document.addEventListener("htmx:sse:close", () => say("not live: reload to follow"));
  document.addEventListener("htmx:response:error", (event) => {
    if (event.target.id === "live") say("not live: reload to follow");
  });

  // A stack that is gone: what would ask it rests until it is back, and then the page is made anew.
  let gone = false;
  function rest(on) {
    if (gone === on) return;
    gone = on;
    one("#gone").hidden = !on;
    if (!on) { htmx.trigger("#live", "changed"); return; }
    one("#page").dataset.rests = "";
    for (const button of all("#page button:enabled")) {
      button.disabled = true;
      button.dataset.rests = "";
    }
  }
  // A page that is made anew does not rest. What was kept in it is of an earlier run, and this one takes its own token alone.
  function goOn() {
    if (gone || "rests" in (one("#page")?.dataset || {})) return;
    const token = one(".clock-bar [name=form_token]")?.value;
    if (token) for (const field of all("[name=form_token]")) field.value = token;
    for (const button of all("[data-rests]")) {
      button.disabled = false;
      delete button.dataset.rests;
    }
  }

  // Copying: a link leads to what is copied, and is followed where there is no clipboard.
  async function copy(link) {
    const text = fetch(link.href).then((answer) => answer.text());
    const blob = text.then((read) => new Blob([read], { type: "text/plain" }));
    await navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
    const words = link.textContent;
    link.textContent = "copied";
    setTimeout(() => { link.textContent = words; }, 1200);
  }

  document.addEventListener("click", (event) => {
    if (gone && event.target.closest("#page a[href]")) { event.preventDefault(); return; }
    const link = event.target.closest("[data-copy]");
    if (link && navigator.clipboard && !(event.ctrlKey || event.metaKey || event.shiftKey)) {
      event.preventDefault();
      copy(link).catch(() => { location.href = link.href; });
    }
    if (event.target.closest("#pause")) pause(!paused);
    if (event.target.closest("#theme")) changeTheme();
    if (event.target.closest("#keys-button")) keys();
  });

  // Dangerous buttons ask first.
  document.addEventListener("submit", (event) => {
    const question = event.submitter?.dataset.confirm;
    if (question && !confirm(question)) event.preventDefault();
  });

  const THEMES = { auto: "light", light: "dark", dark: "auto" };
  function changeTheme() {
    const next = THEMES[document.documentElement.dataset.theme || "auto"];
    if (next === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = next;
    localStorage.setItem("elements-local-theme", next);
    showTheme();
  }
  function showTheme() {
    const button = one("#theme");
    if (button) button.textContent = `Theme: ${document.documentElement.dataset.theme || "auto"}`;
  }

  // Keys. Rows are links; the present one has the focus, so that Enter opens it.
  function move(by) {
    const rows = all("[data-row]");
    if (!rows.length) return;
    const at = rows.indexOf(document.activeElement);
    const next = rows[Math.min(Math.max(at + by, 0), rows.length - 1)];
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  }
  function keys() {
    const box = one("#keys");
    if (box.open) box.close(); else box.showModal();
  }
  // The row that was left last, and the list with all its filters.
  const [left, list] = JSON.parse(sessionStorage.getItem("elements-local-row")) || [];
  const press = (selector) => { const found = one(selector); if (found) { found.click(); return true; } return false; };
  const KEYS = {
    j: () => move(1), k: () => move(-1), "?": keys,
    "/": () => one("[data-search]")?.focus(),
    r: () => press("[data-resend]"),
    a: () => one("[data-advance]")?.focus(),
    Escape: () => { if (left && list && new URL(left, location).pathname === location.pathname) location.href = list; else press("[data-back]"); },
    ...Object.fromEntries([..."1234567890"].map((digit) => [digit, () => press(`nav [data-key="${digit === "0" ? 10 : digit}"]`)])),
  };
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, dialog");
    if (typing && event.key === "Escape" && !one("#keys").open) { typing.blur(); return; }
    if (typing || event.ctrlKey || event.metaKey || event.altKey || !(event.key in KEYS)) return;
    event.preventDefault();
    KEYS[event.key]();
  });

  // The axis: what is pointed at is written below it, and a range that is dragged over is shown alone.
  let drag = null;
  const instant = (seconds) => new Date(Math.round(seconds) * 1000).toISOString().replace(".000Z", "Z");
  function pointed(track, x) {
    const box = track.getBoundingClientRect();
    const place = Math.min(Math.max((x - box.left) / box.width, 0), 1) * 1000;
    const knots = JSON.parse(track.closest("[data-knots]").dataset.knots);
    const next = Math.max(knots.findIndex(([at]) => at >= place), 1);
    const [[left, from], [right, to]] = [knots[next - 1], knots[next]];
    return { place, seconds: from + (to - from) * (place - left) / (right - left || 1) };
  }
  for (const kind of ["pointerover", "focusin"]) {
    document.addEventListener(kind, (event) => {
      const mark = event.target.closest(".track [title]");
      if (mark) one("#pointed").textContent = mark.title;
      light(mark);
    });
  }
  // What belongs together shares a record or a poll: those of the mark that is pointed at stand out in all lanes.
  const about = (mark) => JSON.parse(mark?.dataset.about || "[]");
  function light(mark) {
    const wanted = new Set(about(mark));
    for (const each of all(".track .lit")) each.classList.remove("lit");
    for (const lanes of all(".lanes")) lanes.classList.toggle("lights", wanted.size > 0 && lanes.contains(mark));
    if (!wanted.size) return;
    for (const each of all(".mark[data-about]", mark.closest(".lanes"))) {
      if (about(each).some((key) => wanted.has(key))) each.classList.add("lit");
    }
  }
  document.addEventListener("pointerdown", (event) => {
    const track = event.target.closest(".track");
    if (!track || event.button !== 0 || event.pointerType === "touch") return;
    drag = { track, x: event.clientX, from: pointed(track, event.clientX) };
  });
  document.addEventListener("dragstart", (event) => { if (drag) event.preventDefault(); });
  document.addEventListener("pointermove", (event) => {
    if (event.target.matches?.(".track")) {
      const words = instant(pointed(event.target, event.clientX).seconds).replace("T", " ").replace("Z", "");
      one("#pointed").textContent = words;
    }
    if (!drag || Math.abs(event.clientX - drag.x) < 6) return;
    event.preventDefault();
    drag.to = pointed(drag.track, event.clientX);
    drag.band ||= drag.track.closest(".lanes").appendChild(Object.assign(document.createElement("span"), { className: "band" }));
    const [box, lanes] = [drag.track.getBoundingClientRect(), drag.band.parentElement.getBoundingClientRect()];
    const left = Math.min(drag.from.place, drag.to.place) / 1000;
    drag.band.style.left = `${box.left - lanes.left + left * box.width}px`;
    drag.band.style.width = `${Math.abs(drag.to.place - drag.from.place) / 1000 * box.width}px`;
  });
  document.addEventListener("pointerup", () => {
    const done = drag;
    drag = null;
    if (!done?.to) return;
    // the link that the pointer is let go on is not followed
    document.addEventListener("click", (event) => { event.preventDefault(); event.stopPropagation(); }, { capture: true, once: true });
    const address = new URL(location);
    const [from, to] = [done.from.seconds, done.to.seconds].sort((a, b) => a - b);
    address.searchParams.set("from", instant(from));
    address.searchParams.set("to", instant(to));
    location.href = address;
  });

  // What only works with a script is hidden without.
  function reveal() {
    for (const element of all("[data-script]")) element.hidden = false;
    goOn();
    showTheme();
    if (paused) pause(true);
  }
  document.addEventListener("DOMContentLoaded", () => {
    reveal();
    // back on the row that was left
    if (left) for (const row of all("[data-row]")) if (row.getAttribute("href") === left) row.focus({ preventScroll: true });
  });
  document.addEventListener("click", (event) => {
    const row = event.target.closest("[data-row]");
    if (!row) return;
    const from = one("[data-row][aria-current]") ? one("[data-back]").href.split("#")[0] : location.href;
    sessionStorage.setItem("elements-local-row", JSON.stringify([row.getAttribute("href"), from]));
  });
  document.addEventListener("htmx:after:swap", reveal);
})();
