// The counter on this device: what is written goes through the outbox, and while the server
// cannot be reached, people are found and shown from what the device keeps.
import { add, drop } from "./decisions.js";
import { each } from "./enhance.js";
import { complaint, entriesOf, present } from "./entries.js";
import { shown } from "./money.js";
import { flush, isGone, onSent, pending, post } from "./outbox.js";
import { isOf, readQuery, search, withWaiting } from "./people.js";
import { balanceOf, fill, fillNew, mark, readable, setUsual } from "./sheet.js";
import { account, erasePerson, readBook, writeBook, writePerson } from "./store.js";
import { say } from "./toasts.js";
import { clock, drawWaiting, offerUndo, openWaiting, word } from "./waiting.js";

const KINDS = new Set(["debt", "payment", "person"]);
const SOON = 1_200;
const FRESH = 10_000;
const PATIENCE = 20_000;
const OFTEN = 20_000;
const SELDOM = 300_000;
const device = () => document.getElementById("device");
const sheet = () => document.getElementById("sheet");
const box = () => document.getElementById("counter-search");
const shell = document.querySelector("#device[data-shell]") !== null;
let cut = shell; // the server was not reached when it was last asked
let book;
let writes = 0;
const fresh = new Map(); // what was just written on this page, and the toast that says it is kept
let timer;

const unreachable = () => cut || !navigator.onLine;
const local = () => shell || unreachable();
const ours = async () => withWaiting(book?.people ?? [], await pending());

/* The people, from the device. */

function drawRow(person) {
  const row = document.querySelector("template[data-person-row]").content.firstElementChild.cloneNode(true);
  const link = row.querySelector("a");
  const place = (name) => row.querySelector(`[data-row=${name}]`);
  const balance = balanceOf(person);
  link.dataset.personId = person.id ?? person.client_id;
  if (person.id) link.search = `?person=${person.id}`;
  const letters = person.name.split(/\s+/).filter((one) => /^[\p{L}\p{N}]/u.test(one));
  row.querySelector("[data-letters]").dataset.letters = letters.slice(0, 2).map((one) => one[0]).join("").toUpperCase() || "?";
  place("name").textContent = person.name;
  place("phone").textContent = readable(person.phone);
  place("balance").textContent = `${balance < 0n ? "+" : ""}${shown(balance)}`;
  place("balance").classList.toggle("income", balance < 0n);
  place("balance").classList.toggle("is-settled", balance === 0n);
  return row;
}

function section(title, people) {
  const head = document.createElement("h2");
  head.className = "people-title";
  head.textContent = title;
  const list = document.createElement("ul");
  list.className = "people-rows";
  list.dataset.people = "";
  list.append(...people.map(drawRow));
  return people.length ? [head, list] : [];
}

function nobody() {
  const line = document.createElement("p");
  line.className = "people-none";
  line.textContent = word(book ? "None" : "Empty");
  return line;
}

async function drawPeople() {
  const place = document.getElementById("people");
  if (!place) return;
  const query = box().value;
  const { found, recent, largest } = search(await ours(), query);
  for (const old of place.querySelectorAll(":scope > h2, :scope > ul, .people-none, .empty")) old.remove();
  const parts = found
    ? section(word("Found"), found)
    : [...section(word("Recent"), recent), ...section(word("Largest"), largest)];
  place.prepend(...(parts.length ? parts : [nobody()]));
  place.dataset.query = query.trim();
  mark();
}

async function open(key) {
  const person = (await ours()).find((one) => String(one.id ?? one.client_id) === key);
  if (person) fill(person);
}

function stop(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
}

// Before htmx, which would ask the server.
document.addEventListener(
  "input",
  (event) => {
    if (event.target.id !== "counter-search" || !local()) return;
    event.stopImmediatePropagation();
    drawPeople();
  },
  true,
);

document.addEventListener(
  "click",
  (event) => {
    const link = local() && event.target.closest?.("[data-person-id], [data-person-new]");
    if (!link) return;
    stop(event);
    if ("personNew" in link.dataset) {
      const { name, phone } = readQuery(box().value);
      fillNew(name, phone);
    } else open(link.dataset.personId);
  },
  true,
);

document.addEventListener("htmx:error", (event) => {
  if (!device() || event.detail.error?.name === "AbortError" || !event.target.closest?.(".counter")) return;
  reached(false);
  const key = event.target.dataset.personId;
  if (key) open(key);
  else drawPeople();
});

/* Writing. */

/** While an entry is put down, the sheet takes no other: it would be wiped with this one. */
function hold(form, on) {
  form.elements.amount.readOnly = on;
  form.ariaBusy = String(on);
}

async function write(form, kind) {
  const missing = complaint(form, kind);
  if (missing) {
    say(word(missing[0]));
    missing[1]?.focus();
    return;
  }
  const entries = entriesOf(form, kind, present());
  const { id, about } = entries.at(-1);
  hold(form, true);
  try {
    await add(...entries);
    fresh.set(id, null);
    setTimeout(() => fresh.delete(id), FRESH);
    fill((await ours()).find((person) => isOf(person, about)) ?? present());
  } finally {
    hold(form, false);
  }
  await Promise.race([flush(), new Promise((resolve) => setTimeout(resolve, SOON))]);
  const queue = await pending();
  const left = queue.find((entry) => entry.id === id);
  if (left?.state !== "waiting" || left.cancelled) return;
  if (queue.some((entry) => entry.id === entries[0].id && entry.state === "refused")) return; // told already
  navigator.storage?.persist?.(); // the browser is not to make room at the cost of these
  for (const toast of fresh.values()) toast?.remove();
  fresh.set(id, offerUndo(word("Kept"), () => drop(id).then(() => say(word("Undone")))));
}

document.addEventListener("submit", (event) => {
  const form = event.target.closest?.("[data-sheet]");
  const kind = event.submitter?.value;
  if (!device() || !form || event.defaultPrevented || !KINDS.has(kind)) return;
  event.preventDefault();
  if (form.ariaBusy === "true") return;
  write(form, kind).catch(() => {
    // Where nothing can be kept, the form goes as it would without a script.
    const chosen = Object.assign(document.createElement("input"), { type: "hidden", name: "kind", value: kind });
    form.append(chosen);
    form.submit();
  });
});

document.addEventListener("waiting:change", async ({ detail: { about } }) => {
  await open(String(about.person ?? about.client));
  const { amount: field, description } = document.getElementById("entry").elements;
  field.value = about.amount;
  description.value = about.description;
  field.dispatchEvent(new InputEvent("input", { bubbles: true }));
});

/* What came of it. */

onSent(() => {
  writes += 1;
});

async function takeBack({ kind, client_id: client, undo_url: address }) {
  const mine = await account();
  const response = await post(address, [], mine).catch(() => null);
  let said = await response?.json().catch(() => null);
  if (said && isGone(said)) said = { message: word("Undone") };
  else if (!response?.ok) said = null;
  if (!said) return say(document.getElementById("toasts").dataset[response ? "failed" : "offline"]);
  writes += 1;
  if (said.person) await writePerson(mine, said.person);
  else if (kind === "person") await erasePerson(mine, client);
  await refresh();
  document.dispatchEvent(new CustomEvent(said.person ? "entry-voided" : "debtor-changed"));
  return say(said.message);
}

document.addEventListener("outbox:sent", async ({ detail: { entry, answer } }) => {
  if (!device() || !entry.about?.kind) return;
  reached(true);
  await refresh();
  if (entry.about.undo) return;
  if (fresh.has(entry.id)) {
    fresh.get(entry.id)?.remove();
    offerUndo(answer.message, () => takeBack(answer));
  }
  const fact = entry.about.kind === "person" ? "debtor-changed" : `${entry.about.kind}-recorded`;
  if (!local()) document.dispatchEvent(new CustomEvent(fact));
});

document.addEventListener("outbox:refused", openWaiting);
document.addEventListener("outbox:changed", () => device() && refresh());

/** Show the book and the queue as they are now; what is being typed stays. */
async function refresh() {
  if (!device()) return;
  book = await readBook(await account());
  await drawWaiting(book?.role === "owner");
  drawReach();
  if (shell) setUsual(book?.due_days);
  if (local()) await drawPeople();
  const who = present();
  const now = who && (await ours()).find((person) => isOf(person, { person: who.id, client: who.client_id }));
  if (!now || JSON.stringify(now) === JSON.stringify(who)) return;
  const typed = ["amount", "description"].some((name) => document.getElementById("entry").elements[name]?.value);
  if (typed) sheet().dataset.person = JSON.stringify(now);
  else fill(now);
}

/** A sheet of the server is newer than what the device keeps of its person. */
async function arrive() {
  const who = shell ? null : present();
  const mine = who?.id ? await account() : null;
  if (mine) await writePerson(mine, who);
  await refresh();
}

function drawReach() {
  if (!device()) return;
  const chip = device().querySelector("[data-as-of]");
  chip.hidden = !unreachable();
  chip.querySelector("span").textContent = book ? word("AsOf", clock(book.as_of)) : word("Empty");
  const link = document.querySelector("[data-connected]");
  if (link) link.hidden = unreachable();
}

function reached(yes) {
  const before = unreachable();
  cut = !yes;
  if (before !== unreachable()) drawReach();
}

/* The book, from the server. */

async function fetchBook(mine) {
  const known = await readBook(mine);
  const headers = { Accept: "application/json", "X-Workspace": mine.split(":")[1] };
  if (known?.tag) headers["If-None-Match"] = known.tag;
  const response = await fetch(device().dataset.sync, { headers, redirect: "manual", signal: AbortSignal.timeout(PATIENCE) });
  if (response.status === 304) return { ...known, as_of: new Date().toISOString() };
  if (!response.ok) return [403, 404].includes(response.status) ? { people: [], as_of: new Date().toISOString() } : null;
  const { user, workspace, people, as_of, role, due_days } = await response.json();
  return `${user}:${workspace}` === mine ? { people, as_of, role, due_days, tag: response.headers.get("ETag") } : null;
}

async function sync() {
  clearTimeout(timer);
  if (!device()) return;
  const mine = await account();
  const before = writes;
  let asked;
  if (!mine) return;
  try {
    asked = await fetchBook(mine);
    reached(true);
  } catch {
    reached(false);
  }
  // What was written meanwhile is newer than this answer.
  if (asked && before === writes) await writeBook(mine, asked);
  await refresh();
  timer = setTimeout(() => document.visibilityState === "visible" && sync(), unreachable() || before !== writes ? OFTEN : SELDOM);
}

async function start() {
  await refresh();
  const chosen = new URLSearchParams(location.search).get("person");
  if (shell && chosen) await open(chosen);
  if (shell && book?.role === "viewer") for (const part of document.querySelectorAll(".entry-pad, [data-person-new]")) part.remove();
  await sync();
  await flush();
}

addEventListener("online", sync);
addEventListener("offline", refresh);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && sync());
each("#device", start);
each("#sheet", arrive);
