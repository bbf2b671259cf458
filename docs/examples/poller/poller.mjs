// The mended poller in Node: it reports each change once, as what it is.
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const { ELEMENTS_LOCAL_CRM_URL, ELEMENTS_LOCAL_CRM_API_KEY, ELEMENTS_LOCAL_START, ELEMENTS_LOCAL_STATE_DIR } =
  process.env;
const STATE = join(ELEMENTS_LOCAL_STATE_DIR, "state.json");
const PAGE = 100;
const LOOK_BACK = 5 * 60 * 1000; // more than lists lag and clocks differ

// Dates are texts in UTC, which sort as what they mean; none is read as local time.
const written = (instant) => instant.toISOString().slice(0, 19).replace("T", " ");
const earlier = (date) => written(new Date(Date.parse(date.replace(" ", "T") + "Z") - LOOK_BACK));

async function* contacts(since) {
  const read = new Set();
  for (let skip = 0; ; skip += PAGE) {
    const query = new URLSearchParams({ updated_after_utc: since, skip, top: PAGE });
    const answer = await fetch(`${ELEMENTS_LOCAL_CRM_URL}/v3.1/Contacts/Search?${query}`, {
      headers: { Authorization: `Basic ${btoa(`${ELEMENTS_LOCAL_CRM_API_KEY}:`)}` },
    });
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`); // the state stays as it was
    const fresh = (await answer.json()).filter((each) => !read.has(each.CONTACT_ID + each.DATE_UPDATED_UTC));
    if (fresh.length === 0) return;
    for (const each of fresh) read.add(each.CONTACT_ID + each.DATE_UPDATED_UTC);
    yield* fresh.filter((each) => each.DATE_UPDATED_UTC >= since);
  }
}

const state = existsSync(STATE)
  ? JSON.parse(readFileSync(STATE, "utf8"))
  : { cursor: ELEMENTS_LOCAL_START.replace("T", " ").replace("Z", ""), seen: {} };
const since = earlier(state.cursor);
const listed = new Map();
for await (const contact of contacts(since)) listed.set(contact.CONTACT_ID, contact);
for (const [id, contact] of listed) {
  const before = state.seen[id];
  if (before === contact.DATE_UPDATED_UTC) continue;
  const change = before === undefined && contact.DATE_CREATED_UTC > since ? "created" : "updated";
  console.log(JSON.stringify({ resource: "contacts", id, change }));
  state.seen[id] = contact.DATE_UPDATED_UTC;
}
state.cursor = [state.cursor, ...Object.values(state.seen)].sort().at(-1); // of the CRM's own dates
state.seen = Object.fromEntries(Object.entries(state.seen).filter(([, date]) => date > earlier(state.cursor)));
writeFileSync(`${STATE}.new`, JSON.stringify(state)); // not before all is reported
renameSync(`${STATE}.new`, STATE);
