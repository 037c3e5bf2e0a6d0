// Writes all contacts to a CSV with the official SDK for Node.

import { createWriteStream } from "node:fs";
import { once } from "node:events";
import { IntercomClient } from "intercom-client";

const COLUMNS = ["id", "external_id", "email", "name", "phone", "role", "created_at", "updated_at", "signed_up_at"];
const [url, path] = process.argv.slice(2);
const intercom = new IntercomClient({ token: "compare", baseUrl: url });
const out = createWriteStream(path);
const cell = (value) => (value == null ? "" : `"${String(value).replaceAll('"', '""')}"`);

out.write([...COLUMNS, "custom_attributes"].join(",") + "\n");
for await (const contact of await intercom.contacts.list({ per_page: 150 })) {
  const custom = JSON.stringify(contact.custom_attributes ?? {});
  const line = [...COLUMNS.map((column) => cell(contact[column])), cell(custom)].join(",") + "\n";
  if (!out.write(line)) await once(out, "drain");
}
out.end();
await once(out, "finish");
