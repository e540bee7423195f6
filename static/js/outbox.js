// What people write is put down here first and sent then, in its order, until the server has said
// what became of it: an answer that is lost, a tab that is killed, hours without a connection
// lose nothing, and nothing doubles, because the server answers the same row to the same id.
//
// An entry: {id, url, fields: [[name, value]], after, about}. `after` is the id of an entry that
// must be sent before; `about` is whatever its owner wants to know of it later. Kept beside them:
// account, state ("waiting", "refused"), problem, tried, cancelled.
import { account, answer, within } from "./store.js";

const PATIENCE = 20_000;
const FIRST_DELAY = 4_000;
const LAST_DELAY = 240_000;
const BUSY = new Set([408, 425, 429]);
const tabs = new BroadcastChannel("outbox");
const owners = [];
let token = JSON.parse(document.body.getAttribute("hx-headers:inherited") ?? "{}")["X-CSRFToken"];
let delay = FIRST_DELAY;
let timer;
let running;
let again = false;
let signedOut = false;

const tell = (name, detail) => document.dispatchEvent(new CustomEvent(`outbox:${name}`, { detail }));

/** Tell every tab that the queue is another. */
export function changed() {
  tell("changed");
  tabs.postMessage("changed");
}

tabs.addEventListener("message", () => tell("changed"));

/** `apply(entry, answer)` is awaited before a sent entry leaves the queue. */
export const onSent = (apply) => owners.push(apply);

/** Whether the entries wait for somebody to sign in. */
export const needsSignIn = () => signedOut;

export const queue = (mode, work) => within(["queue"], mode, work);

/** What of this account is not on the server yet, in its order. */
export async function pending() {
  const mine = await account();
  const all = mine ? await queue("readonly", (rows) => answer(rows.getAll())) : [];
  return all.filter((entry) => entry.account === mine);
}

/** Change an entry where it lies, if it is still there: `change` answers it, or null to remove it. */
export const edit = (id, change) =>
  queue("readwrite", async (rows) => {
    const entry = await answer(rows.index("id").get(id));
    const edited = entry && change(entry);
    if (edited) rows.put(edited);
    else if (entry) rows.delete(entry.seq);
    return edited;
  });

/** Send what waits. A call while one is under way makes it look once more. */
export function flush() {
  again = true;
  running ??= turn().finally(() => {
    running = undefined;
  });
  return running;
}

async function turn() {
  while (again) {
    again = false;
    // One at a time in all tabs of the browser.
    await (navigator.locks ? navigator.locks.request("outbox", sendAll) : sendAll());
  }
}

async function sendAll() {
  clearTimeout(timer);
  for (let entry, last = 0; (entry = await next(last)); last = entry.seq) {
    const outcome = await send(entry.id);
    changed();
    if (outcome === "later") return wait();
    delay = FIRST_DELAY;
    if (outcome === "signed out") return undefined;
  }
  return undefined;
}

async function next(last) {
  const entries = await pending();
  const there = new Set(entries.map((entry) => entry.id));
  return entries.find((entry) => entry.seq > last && entry.state === "waiting" && !there.has(entry.after));
}

function wait() {
  timer = setTimeout(flush, delay);
  delay = Math.min(delay * 2, LAST_DELAY);
}

/** "done", "later" or "signed out". */
async function send(id) {
  const entry = await edit(id, (one) => ({ ...one, tried: true }));
  if (!entry) return "done";
  const said = await ask(entry).catch(() => "later");
  signedOut = said === "signed out";
  if (typeof said === "string") return said;
  return said.refused ? refused(entry, said.body) : sent(entry, said.body);
}

async function refused(entry, problem) {
  const kept = await edit(entry.id, (one) => (one.cancelled ? null : { ...one, state: "refused", problem }));
  if (kept) tell("refused", kept);
  return "done";
}

async function sent(entry, body) {
  for (const apply of owners) await apply(entry, body);
  const left = await edit(entry.id, (one) => one.cancelled && body.undo_url && undoing(one, body.undo_url));
  if (left) return send(entry.id);
  tell("sent", { entry, answer: body });
  return "done";
}

const undoing = (entry, url) => ({
  ...entry, url, fields: [], cancelled: false, about: { ...entry.about, undo: true },
});

/** What the server says: {body, refused}, or why nothing is known. Throws without a connection. */
async function ask(entry, fresh = false) {
  if ((!token || fresh) && !(await renew(entry.account))) return "signed out";
  const response = await post(entry.url, entry.fields, entry.account);
  const body = await readJson(response);
  if (response.status === 401) return "signed out";
  if (body?.code === "stale_form") return fresh ? "later" : ask(entry, true);
  // Whoever is in between (a hotel's sign-in page, a proxy) does not speak for the server.
  if (!body || response.status >= 500 || BUSY.has(response.status)) return "later";
  return { body, refused: !response.ok && !(entry.about?.undo && isGone(body)) };
}

/** Nothing is there to be undone: it was, and that answer was lost. "not_found" is a book's. */
export const isGone = ({ status, code }) => status === 404 && code !== "not_found";

/** A new token; whether the session still is of this account's user. */
async function renew(whose) {
  const response = await fetch("/session", {
    headers: { Accept: "application/json", "X-Workspace": whose.split(":")[1] },
    redirect: "manual",
    signal: AbortSignal.timeout(PATIENCE),
  });
  const body = await readJson(response);
  if (!body || response.status >= 500) throw new Error("no answer");
  token = body.csrf;
  return response.ok && `${body.user}:${body.workspace}` === whose;
}

/** Send a form as a program, in the workspace of this account. */
export function post(url, fields, whose) {
  return fetch(url, {
    method: "POST",
    body: new URLSearchParams(fields),
    headers: { Accept: "application/json", "X-CSRFToken": token, "X-Workspace": whose.split(":")[1] },
    redirect: "manual",
    signal: AbortSignal.timeout(PATIENCE),
  });
}

async function readJson(response) {
  if (!/json/.test(response.headers.get("Content-Type") ?? "")) return null;
  return response.json().catch(() => null);
}

function wake() {
  delay = FIRST_DELAY;
  flush();
}

for (const name of ["online", "focus", "pageshow"]) addEventListener(name, wake);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && wake());
