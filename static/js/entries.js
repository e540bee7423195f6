// What the sheet says, as entries of the outbox (koshelok/debtors/forms/counter.py reads them).
import { newId } from "./ids.js";
import { amount } from "./sheet.js";
import { plain } from "./split.js";

const sheet = () => document.getElementById("sheet");

/** The person on the sheet, or null. */
export const present = () => (sheet()?.dataset.person ? JSON.parse(sheet().dataset.person) : null);

/** What is missing, as the name of its word and the field; null where nothing is. */
export function complaint(form, kind) {
  const { state } = sheet().dataset;
  if (state === "none") return ["Nobody", document.getElementById("counter-search")];
  const { full_name: name, phone_number: phone } = form.elements;
  if (state === "new" && (!name.value.trim() || phone.value.replace(/\D/g, "").length < 7)) {
    return ["Name", name.value.trim() ? phone : name];
  }
  return kind !== "person" && amount() <= 0n ? ["Amount", form.elements.amount] : null;
}

const LEFT_OUT = new Set(["csrf_token", "client_id", "kind", "debtor", "full_name", "phone_number", "amount", "first"]);

/** The form as entries: somebody new is written first. */
export function entriesOf(form, kind, who) {
  const at = new Date().toISOString();
  const data = new FormData(form);
  const id = data.get("client_id");
  const name = who?.name ?? data.get("full_name").trim();
  const phone = who?.phone ?? data.get("phone_number").trim();
  const client = who ? who.client_id : kind === "person" ? id : newId();
  const about = { person: who?.id ?? null, client, name, phone, at };
  const entries = [];
  if (!who) {
    const fields = [["kind", "person"], ["client_id", client], ["full_name", name], ["phone_number", phone], ["at", at]];
    entries.push({ id: client, url: form.action, fields, about: { ...about, kind: "person" } });
  }
  if (kind === "person") return entries;
  const sum = plain(amount());
  // What is not on the server yet has a number below zero here.
  const first = data.getAll("first").filter((one) => Number(one) > 0);
  const fields = [
    ["kind", kind], ["client_id", id], ["amount", sum], ["at", at],
    about.person ? ["debtor", String(about.person)] : ["debtor_client", client],
    ...first.map((one) => ["first", one]),
    ...[...data].filter(([key, value]) => !LEFT_OUT.has(key) && value),
  ];
  const due = data.get("due_on") || data.get("due_date") || null;
  const said = { kind, amount: sum, first: first.map(Number), due, description: data.get("description") };
  entries.push({ id, url: form.action, fields, after: about.person ? undefined : client, about: { ...about, ...said } });
  return entries;
}
