// node --test, while a stack runs: elements-local up, or the container
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { after, before, test } from "node:test";
import { events, receiver } from "./receiver.mjs";

const PLATFORM = process.env.ELEMENTS_LOCAL_PLATFORM_URL ?? "http://127.0.0.1:4700";
const CRM = process.env.ELEMENTS_LOCAL_CRM_URL ?? "http://127.0.0.1:4701";
const TOKEN = process.env.ELEMENTS_LOCAL_TOKEN ?? ""; // of a container
let workspace, user;

async function call(method, url, authorization, body) {
  const headers = { "Content-Type": "application/json", Authorization: authorization, "Elements-Local-Token": TOKEN };
  const answer = await fetch(url, { method, headers, body: body && JSON.stringify(body) });
  assert.ok(answer.ok, `${method} ${url}: ${answer.status} ${await answer.clone().text()}`);
  return answer.status === 204 ? null : answer.json();
}

before(async () => {
  receiver.listen(0, "127.0.0.1");
  await once(receiver, "listening");
  workspace = await call("POST", `${PLATFORM}/_local/workspaces`, "", {}); // a world of its own for each run
  user = `User ${workspace.user_secret}, Organization ${workspace.organization_secret}`;
});

after(async () => {
  await call("DELETE", `${PLATFORM}/_local/workspaces?name=${workspace.name}`, "");
  receiver.close();
});

test("a new contact arrives, and its change after it", async () => {
  const instance = await call("GET", `${PLATFORM}/_local/instance-body`, user);
  instance.configuration["event.notification.callback.url"] = `http://127.0.0.1:${receiver.address().port}/callbacks`;
  instance.configuration["event.notification.signature.key"] = "a-key-of-your-own";
  await call("POST", `${PLATFORM}/elements/api-v2/instances`, user, instance);
  const key = `Basic ${btoa(`${workspace.crm_api_key}:`)}`;
  const advance = () => call("POST", `${PLATFORM}/_local/clock/advance`, user, { duration: "15m" });

  const ada = await call("POST", `${CRM}/v3.1/Contacts`, key, { FIRST_NAME: "Ada" });
  await advance();
  await call("PUT", `${CRM}/v3.1/Contacts/${ada.CONTACT_ID}`, key, { LAST_NAME: "King" });
  await advance();

  const seen = [...events.values()].flat().map(({ eventType, objectId }) => [eventType, objectId]);
  assert.deepEqual(seen, [["CREATED", `${ada.CONTACT_ID}`], ["UPDATED", `${ada.CONTACT_ID}`]]);
});

test("the end of a bulk job, which has no events, is taken too", async () => {
  const ended = JSON.stringify({ message: { bulk: { status: "COMPLETED" } } });
  const signature = "sha256=" + createHmac("sha256", "a-key-of-your-own").update(ended).digest("base64");
  const url = `http://127.0.0.1:${receiver.address().port}/callbacks`;
  const known = events.size;

  const answer = await fetch(url, { method: "POST", body: ended, headers: { "Elements-Webhook-Signature": signature } });

  assert.deepEqual([answer.status, events.size], [204, known]);
});
