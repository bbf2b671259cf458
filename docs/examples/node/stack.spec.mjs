// npx vitest run stack.spec.mjs: a stack of its own, on free ports, by the command `elements-local`
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, test } from "vitest";

const UP = ["up", "--json", "--platform-port", "0", "--crm-port", "0", "--sink-port", "0"];
let stack, at;

async function call(method, url, authorization, body) {
  const headers = { "Content-Type": "application/json", Authorization: authorization };
  const answer = await fetch(url, { method, headers, body: body && JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

beforeAll(async () => {
  stack = spawn("elements-local", UP, { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(createInterface(stack.stdout), "line"); // comes when all three answer
  const { platform, crm, sink } = JSON.parse(line);
  at = { platform: new URL(platform).origin, crm, sink };
}, 30_000);

afterAll(() => stack.kill());

test("a new contact is called back, and it is told why", async () => {
  const workspace = await call("POST", `${at.platform}/_local/workspaces`, "", {}); // a world of its own for each test
  const user = `User ${workspace.user_secret}, Organization ${workspace.organization_secret}`;
  const instance = await call("GET", `${at.platform}/_local/instance-body`, user);
  await call("POST", `${at.platform}/elements/api-v2/instances`, user, instance);

  const key = `Basic ${btoa(`${workspace.crm_api_key}:`)}`;
  const { CONTACT_ID } = await call("POST", `${at.crm}/v3.1/Contacts`, key, { FIRST_NAME: "Ada" });
  await call("POST", `${at.platform}/_local/clock/advance`, user, { duration: "15m" });

  const { callbacks } = await call("POST", `${at.sink}/_local/callbacks/wait`, user, { count: 1 });
  const [event] = callbacks[0].json.message.events;
  expect([event.eventType, event.objectId]).toEqual(["CREATED", `${CONTACT_ID}`]);
  const query = `resource=contacts&recordId=${CONTACT_ID}`;
  expect(await call("GET", `${at.platform}/_local/explain?${query}`, user)).toMatchObject({ verdict: "reported" });
});
