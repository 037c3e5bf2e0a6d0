// Upserts the users of an NDJSON file with the official SDK for Node: create, and on a conflict update the contact that
// it names.

import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { IntercomClient } from "intercom-client";

const [url, path] = process.argv.slice(2);
const intercom = new IntercomClient({ token: "compare", baseUrl: url });
const rows = createInterface({ input: createReadStream(path) })[Symbol.asyncIterator]();
let failed = 0;

async function upsert(row) {
  try {
    await intercom.contacts.create(row);
  } catch (error) {
    const found = error.statusCode === 409 && /id=([0-9a-f]{24})/.exec(JSON.stringify(error.body));
    if (!found) throw error;
    await intercom.contacts.update({ contact_id: found[1], ...row });
  }
}

async function work() {
  for (;;) {
    const { value, done } = await rows.next();
    if (done) return;
    await upsert(JSON.parse(value)).catch(() => { failed += 1; });
  }
}

await Promise.all(Array.from({ length: 16 }, work));
console.error(`${failed} rows failed`);
