// What waits on this device: a badge, a list where each entry is decided on, a toast with Undo.
import { drop, resend } from "./decisions.js";
import { each } from "./enhance.js";
import { shown } from "./money.js";
import { flush, needsSignIn, pending } from "./outbox.js";
import { tiyin } from "./split.js";
import { show } from "./toasts.js";

const device = () => document.getElementById("device");
const template = (name) => device().querySelector(`template[data-${name}]`).content.firstElementChild.cloneNode(true);

/** A word of the page, in its language. */
export const word = (name, value) => device().dataset[`words${name}`].replace("{}", value);

/** The time of an instant; the day too where it was another. */
export function clock(iso) {
  const moment = new Date(iso);
  const today = moment.toDateString() === new Date().toDateString();
  const day = today ? {} : { day: "numeric", month: "short" };
  return moment.toLocaleString(document.documentElement.lang, { ...day, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}

const NAMES = { debt: "Debt", payment: "Payment", person: "Person" };
const wordsOf = (problem) => Object.values(problem?.errors ?? {}).flat()[0] ?? problem?.detail ?? "";

/** What may be decided about an entry that was refused. */
function choices({ state, problem, about }) {
  if (state !== "refused") return [];
  const person = about.kind === "person";
  const own = { credit_limit_exceeded: "override", phone_taken: "taken" }[problem?.code];
  return ["again", ...(own ? [own] : []), ...(person ? [] : ["change"])];
}

function row(entry, isOwner) {
  const { about, problem, state } = entry;
  const item = template("waiting-row");
  const part = (name) => item.querySelector(`[data-part=${name}]`);
  item.dataset.id = entry.id;
  part("what").textContent = word(NAMES[about.kind]);
  part("amount").textContent = about.amount ? shown(tiyin(about.amount)) : "";
  part("who").textContent = about.name;
  part("time").textContent = clock(about.at);
  part("problem").hidden = state !== "refused";
  part("problem").querySelector("span").textContent = wordsOf(problem);
  const allowed = choices(entry);
  for (const button of item.querySelectorAll("[data-do]:not([data-do=drop])")) {
    button.hidden = !allowed.includes(button.dataset.do) || (button.dataset.do === "override" && !isOwner);
  }
  const edit = part("edit");
  edit.hidden = state !== "refused" || about.kind !== "person";
  edit.querySelector("[name=full_name]").value = about.name;
  edit.querySelector("[name=phone_number]").value = about.phone ?? "";
  return item;
}

function drawRows(entries, isOwner) {
  const list = device().querySelector("[data-waiting-rows]");
  const focused = list.contains(document.activeElement) ? document.activeElement : null;
  if (focused?.matches("input")) return;
  const { id } = focused?.closest("[data-id]").dataset ?? {};
  list.replaceChildren(...entries.map((entry) => row(entry, isOwner)));
  if (id) list.querySelector(`[data-id="${id}"] [data-do=${focused.dataset.do}]`)?.focus();
}

/** Show the badge and the list as the queue is now. */
export async function drawWaiting(isOwner) {
  if (!device()) return;
  const entries = (await pending()).filter((entry) => !entry.cancelled && entry.about?.kind);
  const badge = device().querySelector("[data-waiting]");
  badge.hidden = !entries.length;
  badge.classList.toggle("is-refused", entries.some((entry) => entry.state === "refused"));
  badge.querySelector("span").textContent = word("Waiting", entries.length);
  device().querySelector("[data-sign-in]").hidden = !needsSignIn();
  drawRows(entries, isOwner);
  const dialog = document.getElementById("waiting");
  if (!entries.length && dialog.open) dialog.close();
}

/** Open the list where something has to be decided. */
export function openWaiting() {
  const dialog = document.getElementById("waiting");
  if (dialog && !document.querySelector("dialog[open]")) dialog.showModal();
}

/** Say what was done, and take it back while the toast is there. */
export function offerUndo(message, undo) {
  const toast = template("undo-toast");
  const form = toast.querySelector("form");
  toast.querySelector("p").textContent = message;
  form.removeAttribute("hx-post");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    toast.remove();
    undo();
  });
  show(toast);
  return toast;
}

const without = (fields, ...names) => fields.filter(([name]) => !names.includes(name));

/** The number is somebody's already: what was meant for the new person is written for them. */
async function writeForTaken(entry) {
  const { debtor } = entry.problem;
  for (const other of await pending()) {
    if (other.after !== entry.id) continue;
    const fields = [...without(other.fields, "debtor_client"), ["debtor", debtor]];
    const about = { ...other.about, person: debtor, client: null };
    await resend(other.id, { fields, about, after: undefined, state: "waiting" });
  }
  await drop(entry.id);
}

function retry(entry, item) {
  if (entry.about.kind !== "person") return resend(entry.id);
  const typed = ["full_name", "phone_number"].map((name) => [name, item.querySelector(`[name=${name}]`).value]);
  const fields = [...without(entry.fields, "full_name", "phone_number"), ...typed];
  const about = { ...entry.about, name: typed[0][1], phone: typed[1][1] };
  return resend(entry.id, { fields, about });
}

const decisions = {
  again: retry,
  override: (entry) => resend(entry.id, { fields: [...without(entry.fields, "override"), ["override", "1"]] }),
  taken: writeForTaken,
  drop: (entry) => drop(entry.id),
  change: (entry) => {
    document.getElementById("waiting").close();
    document.dispatchEvent(new CustomEvent("waiting:change", { detail: entry }));
    return drop(entry.id);
  },
};

each("#waiting", (dialog) => {
  dialog.addEventListener("click", async (event) => {
    if (event.target.closest("[data-send]")) flush();
    const button = event.target.closest("[data-do]");
    if (!button) return;
    const item = button.closest("[data-id]");
    const entry = (await pending()).find((one) => one.id === item.dataset.id);
    if (entry) await decisions[button.dataset.do](entry, item);
  });
});
