// Records that wait on this device: a badge, a list where each is decided on, a toast with Undo.
import { drop, resend } from "./decisions.js";
import { each } from "./enhance.js";
import { flush, needsSignIn, pending } from "./outbox.js";
import { show } from "./toasts.js";

const device = () => document.getElementById("device");
const template = (name) => device().querySelector(`template[data-${name}]`).content.firstElementChild.cloneNode(true);

/** A word of the page, in its language. */
export const word = (name, value) => device().dataset[`words${name}`].replace("{}", value);

const wordsOf = (problem) => Object.values(problem?.errors ?? {}).flat()[0] ?? problem?.detail ?? "";

function row({ id, about: { record }, problem, state }) {
  const item = template("waiting-row");
  const part = (name) => item.querySelector(`[data-part=${name}]`);
  const refused = state === "refused";
  item.dataset.id = id;
  part("what").textContent = record.amount;
  part("who").textContent = [record.category, record.comment].filter(Boolean).join(" · ");
  part("time").textContent = new Date(record.at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  part("problem").hidden = !refused;
  part("problem").querySelector("span").textContent = wordsOf(problem);
  for (const button of item.querySelectorAll("[data-do=again], [data-do=change]")) button.hidden = !refused;
  return item;
}

/** Show the badge and the list as the queue is now. */
export async function drawWaiting() {
  if (!device()) return;
  const entries = (await pending().catch(() => [])).filter(({ cancelled, about }) => !cancelled && about?.record);
  const badge = device().querySelector("[data-waiting]");
  badge.hidden = !entries.length;
  badge.classList.toggle("is-refused", entries.some(({ state }) => state === "refused"));
  badge.querySelector("span").textContent = word("Waiting", entries.length);
  device().querySelector("[data-sign-in]").hidden = !needsSignIn();
  device().querySelector("[data-waiting-rows]").replaceChildren(...entries.map(row));
  const dialog = document.getElementById("waiting");
  if (!entries.length && dialog.open) dialog.close();
}

/** Open the list where something has to be decided. */
export async function openWaiting() {
  await drawWaiting();
  const dialog = document.getElementById("waiting");
  if (dialog && !document.querySelector("dialog[open]")) dialog.showModal();
}

/** Say what was done, and take it back while the toast is there. */
export function offerUndo(message, undo) {
  const toast = template("undo-toast");
  toast.querySelector("p").textContent = message;
  toast.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    toast.remove();
    undo();
  });
  show(toast);
  return toast;
}

const decisions = {
  again: (entry) => resend(entry.id),
  drop: (entry) => drop(entry.id),
  change: async (entry) => {
    document.getElementById("waiting").close();
    await drop(entry.id);
    document.dispatchEvent(new CustomEvent("waiting:change", { detail: entry }));
  },
};

each("#waiting", (dialog) => {
  dialog.addEventListener("click", async (event) => {
    if (event.target.closest("[data-send]")) flush();
    const button = event.target.closest("[data-do]");
    if (!button) return;
    const { id } = button.closest("[data-id]").dataset;
    const entry = (await pending()).find((one) => one.id === id);
    if (entry) await decisions[button.dataset.do](entry);
  });
});
