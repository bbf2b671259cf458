"use strict";
{
  const byId = (id) => document.getElementById(id);
  const cases = [...document.querySelectorAll(".case")];
  const textOf = new Map();

  // What is looked for is found in a case's head and in its failure, not in all that happened in it.
  const text = (one) => {
    if (!textOf.has(one)) {
      const parts = one.querySelectorAll(":scope > summary, :scope > .place, :scope > pre");
      textOf.set(one, [...parts].map((part) => part.textContent).join("\n").toLowerCase());
    }
    return textOf.get(one);
  };

  const filter = () => {
    const words = byId("text").value.toLowerCase().split(/\s+/).filter(Boolean);
    const outcome = byId("outcome").value;
    const tag = byId("tag").value;
    let shown = 0;
    for (const one of cases) {
      const fits = (!outcome || one.classList.contains(outcome))
        && (!tag || one.dataset.tags.split(" ").includes(tag))
        && words.every((word) => text(one).includes(word));
      one.hidden = !fits;
      shown += fits;
    }
    for (const section of document.querySelectorAll("main > section")) {
      section.hidden = !section.querySelector(".case:not([hidden])");
    }
    byId("shown").textContent = `${shown} of ${cases.length} shown`;
  };

  const secondsOf = (clock) => {
    const found = /^T([+-])(?:(\d+)d )?(\d\d):(\d\d):(\d\d)/.exec(clock);
    if (!found) return 0;
    const [, sign, days, hours, minutes, seconds] = found;
    const total = Number(days || 0) * 86400 + Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
    return sign === "-" ? -total : total;
  };

  const svg = (name, attributes, title) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (title) made.append(svg("title", {}));
    if (title) made.firstChild.textContent = title;
    return made;
  };

  const lane = (items, kind, place) => {
    const made = svg("svg", { role: "img", "aria-label": `${kind}s in time` });
    made.append(svg("line", { x1: "0", x2: "100%", y1: "12", y2: "12" }));
    for (const item of items) {
      const [from, to] = item.textContent.split(" to ", 2);
      const start = place(from);
      if (item.dataset.many !== undefined) {
        made.append(svg("line", { class: "many", x1: start, x2: place(to), y1: "12", y2: "12" }, item.textContent));
      } else {
        made.append(svg("circle", { class: item.className, cx: start, cy: "12", r: "5" }, item.textContent));
      }
    }
    return made;
  };

  // A timeline is drawn from the list when its scenario is opened: hundreds of closed ones cost nothing.
  const draw = (one) => {
    const list = one.querySelector(":scope > ol");
    if (!list || one.querySelector(".chart")) return;
    const items = [...list.children];
    const last = Math.max(1, secondsOf(list.dataset.end));
    const place = (clock) => `${(1 + 98 * Math.max(0, secondsOf(clock)) / last).toFixed(2)}%`;
    const chart = document.createElement("div");
    chart.className = "chart";
    for (const kind of ["change", "poll", "attempt"]) {
      const label = document.createElement("span");
      label.textContent = `${kind}s`;
      chart.append(label, lane(items.filter((item) => item.classList.contains(kind)), kind, place));
    }
    const axis = document.createElement("div");
    axis.className = "ends";
    const end = document.createElement("span");
    end.textContent = list.dataset.end;
    axis.append("T+00:00:00", end);
    chart.append(axis);
    list.before(chart);
  };

  document.addEventListener("toggle", (event) => {
    if (event.target.open && event.target.classList.contains("case")) draw(event.target);
  }, true);
  document.querySelectorAll(".case[open]").forEach(draw);
  byId("filter").addEventListener("input", filter);
  byId("filter").addEventListener("submit", (event) => event.preventDefault());
  byId("filter").hidden = false;
}
