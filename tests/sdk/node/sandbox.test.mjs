// The official SDK for Node against `intercom-bulk sandbox serve`. It names version 2.14 in every request, and tries
// again by itself. Run as `npm ci && node --test` in this folder, with the binary built.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { after, before, beforeEach, test } from "node:test";
import { fileURLToPath } from "node:url";
import { IntercomClient, IntercomError, Intercom } from "intercom-client";

const built = fileURLToPath(new URL("../../../target/debug/intercom-bulk", import.meta.url));
const binary = process.env.INTERCOM_BULK_BINARY ?? built;
const flags = ["sandbox", "serve", "--port", "0", "--lag", "0", "--quota", "0/min"];

let server, ready, intercom;

before(async () => {
  server = spawn(binary, flags, { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(createInterface({ input: server.stdout }), "line");
  ready = JSON.parse(line);
  intercom = new IntercomClient({ token: "sdk-token", baseUrl: ready.url });
});

after(async () => {
  server.kill("SIGTERM");
  const [code] = await once(server, "exit");
  assert.equal(code, 0);
});

beforeEach(() => control("reset", "{}"));

async function control(path, body) {
  const answer = await fetch(`${ready.url}/__sandbox/${path}`, { method: "POST", body });
  assert.equal(answer.status, 200);
}

async function requests() {
  const text = await (await fetch(`${ready.url}/__sandbox/requests`)).text();
  return text.trim().split("\n").map((line) => JSON.parse(line));
}

/** Sees the error that the SDK raises, and returns its message. */
async function refused(status, code, call) {
  const error = await call.then(() => assert.fail("it was not refused"), (error) => error);
  assert.ok(error instanceof IntercomError, String(error));
  assert.deepEqual([error.statusCode, error.body.errors[0].code], [status, code]);
  return error.body.errors[0].message;
}

test("a user is created, read, updated, archived, unarchived and deleted", async () => {
  const created = await intercom.contacts.create({ external_id: "ann", email: "Ann@Example.com", name: "Ann" });
  assert.deepEqual([created.role, created.email], ["user", "ann@example.com"]);
  const contact_id = created.id;
  await intercom.contacts.update({ contact_id, name: "Anna" });
  assert.equal((await intercom.contacts.find({ contact_id })).name, "Anna");
  assert.equal((await intercom.contacts.showContactByExternalId({ external_id: "ann" })).id, contact_id);
  assert.equal((await intercom.contacts.archive({ contact_id })).archived, true);
  assert.equal((await intercom.contacts.unarchive({ contact_id })).archived, false);
  assert.equal((await intercom.contacts.delete({ contact_id })).deleted, true);
  assert.equal(await refused(404, "not_found", intercom.contacts.find({ contact_id })), "User Not Found");
});

test("every request names the version that the SDK was made for", async () => {
  const created = await intercom.contacts.create({ email: "ann@example.com", owner_id: 814860 });
  assert.equal(created.owner_id, 814860);
  assert.deepEqual((await requests()).map((request) => request.version), ["2.14"]);
});

test("errors are read from the envelope", async () => {
  const created = await intercom.contacts.create({ email: "ann@example.com" });
  const message = await refused(409, "conflict", intercom.contacts.create({ email: "ann@example.com" }));
  assert.equal(message, `A contact matching those details already exists with id=${created.id}`);
  const custom_attributes = { unheard_of: 1 };
  await refused(400, "parameter_invalid", intercom.contacts.create({ email: "b@example.com", custom_attributes }));
  await refused(404, "not_found", intercom.contacts.find({ contact_id: "0123456789abcdef01234567" }));
});

test("an empty token is nobody's", async () => {
  const nobody = new IntercomClient({ token: "", baseUrl: ready.url });
  await assert.rejects(nobody.contacts.list(), Intercom.UnauthorizedError);
});

test("the SDK's own pages walk lists and searches", async () => {
  const emails = Array.from({ length: 7 }, (_, n) => `user${n}@example.com`);
  for (const email of emails) await intercom.contacts.create({ email });
  const walk = async (page) => {
    const found = [];
    for await (const contact of page) found.push(contact.email);
    return found.sort();
  };
  assert.deepEqual(await walk(await intercom.contacts.list({ per_page: 3 })), emails);
  const query = { field: "email", operator: "~", value: "@example.com" };
  assert.deepEqual(await walk(await intercom.contacts.search({ query, pagination: { per_page: 3 } })), emails);
});

test("a lead is merged into a user", async () => {
  const user = await intercom.contacts.create({ email: "ann@example.com" });
  const lead = await intercom.contacts.create({ role: "lead", email: "ann@example.com" });
  const merged = await intercom.contacts.mergeLeadInUser({ from: lead.id, into: user.id });
  assert.equal(merged.id, user.id);
  await refused(404, "not_found", intercom.contacts.find({ contact_id: lead.id }));
});

test("companies and tags are attached and detached", async () => {
  const contact_id = (await intercom.contacts.create({ email: "ann@example.com" })).id;
  const acme = await intercom.companies.createOrUpdate({ company_id: "acme", name: "Acme" });
  assert.equal((await intercom.companies.attachContact({ contact_id, id: acme.id })).id, acme.id);
  const vip = await intercom.tags.create({ name: "VIP" });
  assert.equal((await intercom.tags.tagContact({ contact_id, id: vip.id })).name, "VIP");
  const ann = await intercom.contacts.find({ contact_id });
  assert.deepEqual([ann.companies.total_count, ann.tags.total_count], [1, 1]);
  const listed = [];
  for await (const company of await intercom.companies.list({ page: 1, per_page: 1 })) listed.push(company.name);
  assert.deepEqual(listed, ["Acme"]);
  await intercom.companies.detachContact({ contact_id, company_id: acme.id });
  await intercom.tags.untagContact({ contact_id, tag_id: vip.id });
  const bare = await intercom.contacts.find({ contact_id });
  assert.deepEqual([bare.companies.total_count, bare.tags.total_count], [0, 0]);
});

test("what was lost after it was done is sent again, and is a conflict", async () => {
  await control("faults", '{"next":[{"fault":"json_503","committed":true}]}');
  await refused(409, "conflict", intercom.contacts.create({ email: "ann@example.com" }));
  assert.deepEqual((await requests()).map((request) => request.status), [503, 409]);
});
