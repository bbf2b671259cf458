// Makes every call that HubSpot's own client for Node has for the three kinds and what belongs to them, of those that the fake
// plays: `node hubspot_every_call.mjs URL TOKEN`. Prints the names of all calls of the client and of those that were answered,
// and what became of the others.
import assert from "node:assert/strict";
import { Client } from "@hubspot/api-client";

const [url, token] = process.argv.slice(2);
// The client waits between its calls, unless it is told not to.
const client = new Client({ accessToken: token, basePath: url, limiterOptions: {}, limiterJobOptions: {} });
const parts = ["contacts", "companies", "deals", "properties", "owners", "pipelines", "schemas", "associations"];
const nameOf = { contacts: "lastname", companies: "name", deals: "dealname" };

const apis = new Map();
function find(found, path) {
  for (const [name, api] of Object.entries(found)) if (name.endsWith("Api")) apis.set(`${path}.${name}`, api);
  for (const [name, member] of Object.entries(Object.getOwnPropertyDescriptors(Object.getPrototypeOf(found))))
    if (member.get) find(found[name], `${path}.${name}`);
}
for (const part of parts) find(client.crm[part], part);
find(client.oauth, "oauth");

const names = [...apis].flatMap(([path, api]) =>
  Object.getOwnPropertyNames(Object.getPrototypeOf(api))
    .filter((name) => name !== "constructor" && !name.endsWith("WithHttpInfo"))
    .map((name) => `${path}.${name}`),
);
const answered = new Set();

async function call(name, ...given) {
  const dot = name.lastIndexOf(".");
  const answer = await apis.get(name.slice(0, dot))[name.slice(dot + 1)](...given);
  answered.add(name);
  return answer;
}

const idsOf = (records) => records.map(({ id }) => id);

async function recordsOf(kind) {
  const named = nameOf[kind];
  const [basic, batch] = [`${kind}.basicApi`, `${kind}.batchApi`];

  assert.equal((await client.crm[kind].getAll(100, undefined, [named])).length, 1000);
  const first = await call(`${basic}.getPage`, 100, undefined, [named, "hs_object_id"]);
  const second = await call(`${basic}.getPage`, 100, first.paging.next.after);
  assert.equal(new Set(idsOf([...first.results, ...second.results])).size, 200);

  const one = await call(`${basic}.create`, { properties: { [named]: "Engine" }, associations: [] });
  const changed = await call(`${basic}.update`, one.id, { properties: { [named]: "Difference Engine" } });
  assert.equal(changed.id, one.id);
  const read = await call(`${basic}.getById`, one.id, [named], [named]);
  assert.equal(read.properties[named], "Difference Engine");
  assert.deepEqual(read.propertiesWithHistory[named].map(({ value }) => value), ["Difference Engine", "Engine"]);

  const filters = [{ propertyName: named, operator: "EQ", value: "Difference Engine" }];
  assert.deepEqual(idsOf((await call(`${kind}.searchApi.doSearch`, { filterGroups: [{ filters }] })).results), [one.id]);
  const many = await call(`${kind}.searchApi.doSearch`, { limit: 200, after: "200", sorts: ["-createdate"] });
  assert.deepEqual([many.total, many.results.length], [1001, 200]);

  const inputs = [1, 2].map((each) => ({ properties: { [named]: `Mill ${each}` }, associations: [] }));
  const two = idsOf((await call(`${batch}.create`, { inputs })).results);
  await call(`${batch}.update`, { inputs: two.map((id) => ({ id, properties: { [named]: "Mill" } })) });
  await call("properties.groupsApi.create", kind, { name: "books", label: "Books" });
  const ledger = { name: "ledger", label: "Ledger", type: "string", fieldType: "text", groupName: "books", hasUniqueValue: true };
  await call("properties.coreApi.create", kind, ledger);
  for (const [id, isNew] of [["No. 1", true], ["No. 2", true], ["No. 1", false]]) {
    const upserted = { inputs: [{ id, idProperty: "ledger", properties: { [named]: id } }] };
    assert.deepEqual((await call(`${batch}.upsert`, upserted)).results.map((each) => each._new), [isNew]);
  }
  const asked = { inputs: [...two, one.id].map((id) => ({ id })), properties: [named], propertiesWithHistory: [] };
  const values = (await call(`${batch}.read`, asked)).results.map(({ properties }) => properties[named]);
  assert.deepEqual(values.sort(), ["Difference Engine", "Mill", "Mill"]);

  const merged = await call(`${basic}.merge`, { primaryObjectId: two[0], objectIdToMerge: two[1] });
  assert(!two.includes(merged.id));
  await call(`${batch}.archive`, { inputs: [{ id: merged.id }] });
  await call(`${basic}.archive`, one.id);
  const archived = idsOf((await call(`${basic}.getPage`, 100, undefined, undefined, undefined, undefined, true)).results);
  assert(archived.includes(merged.id) && archived.includes(one.id));
  assert.equal((await client.crm[kind].getAll(100)).length, 1002);
}

async function properties() {
  const [core, batch, groups] = ["core", "batch", "groups"].map((each) => `properties.${each}Api`);
  const one = { name: "horsepower", label: "Power", type: "number", fieldType: "number", groupName: "engines" };
  const namesOf = async () => (await call(`${core}.getAll`, "companies")).results.map(({ name }) => name);

  await call(`${groups}.create`, "companies", { name: "engines", label: "Engines" });
  await call(`${groups}.update`, "companies", "engines", { label: "Steam engines" });
  assert.equal((await call(`${groups}.getByName`, "companies", "engines")).label, "Steam engines");
  assert((await call(`${groups}.getAll`, "companies")).results.some(({ name }) => name === "engines"));

  await call(`${core}.create`, "companies", one);
  await call(`${core}.update`, "companies", "horsepower", { label: "Horse power" });
  assert.equal((await call(`${core}.getByName`, "companies", "horsepower")).label, "Horse power");
  await call(`${batch}.create`, "companies", { inputs: [{ ...one, name: "boiler", type: "string", fieldType: "text" }] });
  const both = { inputs: [{ name: "horsepower" }, { name: "boiler" }], archived: false };
  assert.equal((await call(`${batch}.read`, "companies", both)).results.length, 2);
  const powerful = await call("companies.basicApi.create", { properties: { name: "Acme", horsepower: "5" }, associations: [] });
  assert.equal(powerful.properties.horsepower, "5");

  await call(`${core}.archive`, "companies", "horsepower");
  await call(`${batch}.archive`, "companies", { inputs: [{ name: "boiler" }] });
  assert(!(await namesOf()).some((name) => ["horsepower", "boiler"].includes(name)));
  await call(`${groups}.archive`, "companies", "engines");
}

async function listsOfTheAccount() {
  const [owner] = (await call("owners.ownersApi.getPage", undefined, undefined, 100, false)).results;
  assert.equal((await call("owners.ownersApi.getById", Number(owner.id))).email, owner.email);
  const [pipeline] = (await call("pipelines.pipelinesApi.getAll", "deals")).results;
  assert.equal((await call("pipelines.pipelinesApi.getById", "deals", pipeline.id)).label, pipeline.label);
  const stages = (await call("pipelines.pipelineStagesApi.getAll", "deals", pipeline.id)).results;
  assert.deepEqual(idsOf(stages), idsOf(pipeline.stages));
  const stage = await call("pipelines.pipelineStagesApi.getById", "deals", pipeline.id, stages[0].id);
  assert.equal(stage.label, stages[0].label);
  assert.deepEqual((await call("schemas.coreApi.getAll", false)).results, []);
}

async function associations() {
  const [contact, other] = idsOf((await call("contacts.basicApi.getPage", 2)).results);
  const [company] = idsOf((await call("companies.basicApi.getPage", 1)).results);
  const pair = ["contacts", "companies"];
  const [from, to] = [{ id: contact }, { id: company }];
  const types = [{ associationCategory: "HUBSPOT_DEFINED", associationTypeId: 1 }];
  const [v3, v4, alone] = ["associations.batchApi", "associations.v4.batchApi", "associations.v4.basicApi"];
  const linked = async () =>
    (await call(`${alone}.getPage`, "contacts", contact, "companies", undefined, 500)).results.map(({ toObjectId }) => `${toObjectId}`);

  await call(`${v3}.create`, ...pair, { inputs: [{ _from: from, to, type: "contact_to_company" }] });
  const found = (await call(`${v3}.read`, ...pair, { inputs: [from] })).results[0].to.map(({ type }) => type);
  assert.deepEqual(found.sort(), ["contact_to_company", "contact_to_company_unlabeled"]);
  await call(`${v3}.archive`, ...pair, { inputs: found.map((type) => ({ _from: from, to, type })) });
  assert.deepEqual(await linked(), []);

  await call(`${alone}.create`, "contacts", contact, "companies", company, types);
  await call(`${alone}.createDefault`, "contacts", contact, "companies", company);
  assert.deepEqual(await linked(), [company]);
  const shown = await call("contacts.basicApi.getById", contact, undefined, undefined, ["companies"]);
  assert.deepEqual(new Set(idsOf(shown.associations.companies.results)), new Set([company]));
  await call(`${alone}.archive`, "contacts", contact, "companies", company);

  await call(`${v4}.create`, ...pair, { inputs: [{ _from: from, to, types }] });
  await call(`${v4}.createDefault`, ...pair, { inputs: [{ _from: { id: other }, to }] });
  const many = (await call(`${v4}.getPage`, ...pair, { inputs: [from, { id: other }] })).results;
  assert.deepEqual(many.map(({ _from }) => _from.id).sort(), [contact, other].sort());
  await call(`${v4}.archiveLabels`, ...pair, { inputs: [{ _from: from, to, types }] });
  await call(`${v4}.archive`, ...pair, { inputs: [{ _from: from, to: [to] }] });
  assert.deepEqual(await linked(), []);
}

async function tokens() {
  const asked = ["refresh_token", undefined, undefined, "an application", token, token];
  const { accessToken } = await call("oauth.tokensApi.create", ...asked);
  assert.equal((await call("oauth.accessTokensApi.get", accessToken)).expiresIn, 1800);
}

for (const kind of Object.keys(nameOf)) await recordsOf(kind);
await properties();
await listsOfTheAccount();
await associations();
await tokens();

const refused = {};
const constant = { objectType: "deals", fromObjectType: "contacts", toObjectType: "companies" };
for (const name of names.filter((each) => !answered.has(each))) {
  const [path, method] = [name.slice(0, name.lastIndexOf(".")), name.slice(name.lastIndexOf(".") + 1)];
  const [, parameters] = /\(([^)]*)\)/.exec(Object.getPrototypeOf(apis.get(path))[method]);
  const given = parameters.split(", ").filter((each) => each !== "_options");
  try {
    await call(name, ...given.map((each) => constant[each] ?? (/(Id|[tT]oken|Identifier)$/.test(each) ? "1" : {})));
  } catch (error) {
    refused[name] = error.code ?? `${error}`;
  }
}
console.log(JSON.stringify({ names, answered: [...answered], refused }));
