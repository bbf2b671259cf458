// A workspace, an instance, a record, fifteen minutes, its callback, and why: by clients made of the OpenAPI documents.
import createClient from "openapi-fetch";
import type { paths as PlatformPaths } from "./platform.js";
import type { components, paths as SinkPaths } from "./sink.js";

declare const process: { env: Record<string, string | undefined> };
const platform = createClient<PlatformPaths>({ baseUrl: process.env.ELEMENTS_LOCAL_PLATFORM_URL ?? "http://127.0.0.1:4700" });
const sink = createClient<SinkPaths>({ baseUrl: process.env.ELEMENTS_LOCAL_SINK_URL ?? "http://127.0.0.1:4702" });

function taken<T>({ data, error }: { data?: T; error?: unknown }): T {
  if (data === undefined) throw new Error(JSON.stringify(error));
  return data;
}

const workspace = taken(await platform.POST("/_local/workspaces", { body: {} }));
const Authorization = `User ${workspace.user_secret}, Organization ${workspace.organization_secret}`;
const headers = { Authorization };
const body = taken(await platform.GET("/_local/instance-body", { headers }));
const { token } = taken(await platform.POST("/elements/api-v2/instances", { headers, body }));

const params = { path: { hub: "crm", object_name: "contacts" } };
const element = { Authorization: `${Authorization}, Element ${token}` };
const record = { FIRST_NAME: "Ada" };
taken(await platform.POST("/elements/api-v2/hubs/{hub}/{object_name}", { params, headers: element, body: record }));
const ran = taken(await platform.POST("/_local/clock/advance", { headers, body: { duration: "15m" } }));

const came = taken(await sink.POST("/_local/callbacks/wait", { headers, body: { count: 1 } }));
const { message } = came.callbacks[0]!.json as components["schemas"]["CallbackBody"];
const [event] = message.events!;
const query = { resource: "contacts", recordId: event!.objectId! };
const why = taken(await platform.GET("/_local/explain", { headers, params: { query } }));
console.log(JSON.stringify({ polls: ran.polls, event: event!.eventType, verdict: why.verdict }));
