// All that /add runs: a record goes through the outbox, as at the counter, so that it is kept
// without a connection and is never written twice. Without this file the form goes as it is.
import "./busy.js";
import "./dialogs.js";
import "./installed.js";
import "./keys.js";
import "./menus.js";
import "./guess.js";
import { cloneChips, keepCategories } from "./chips.js";
import { add, drop } from "./decisions.js";
import { each } from "./enhance.js";
import { newId } from "./ids.js";
import { read, shown } from "./money.js";
import { flush, pending, post } from "./outbox.js";
import { complete, divide, namesOf } from "./parts.js";
import { account } from "./store.js";
import { say } from "./toasts.js";
import { drawWaiting, offerUndo, openWaiting, word } from "./kept.js";

const SOON = 1_200;
const DOUBLE = 600; // a second press of the same finger
const fresh = new Map(); // what was just written here, and the toast that says it is kept
const form = () => document.getElementById("add-form");
const today = () => {
  const day = new Date();
  return new Date(day - day.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
};

function drawFiles({ form: page, files }) {
  const place = page.querySelector("[data-files]");
  place.textContent = [...files].map(({ name }) => name).join(", ") || place.dataset.none;
}

document.addEventListener("change", ({ target }) => target.type === "file" && drawFiles(target));

/* What is missing is said at its field, as the server would. */

function wrong(id, words) {
  const place = document.getElementById(id);
  const field = place?.closest(".field") ?? place;
  field.querySelector(".field-error")?.remove();
  if (!words) return;
  const line = document.querySelector("template[data-wrong]").content.firstElementChild.cloneNode(true);
  line.id = `${id}-error`;
  line.querySelector("span").textContent = words;
  field.append(line);
}

function complaints(page) {
  const { sum } = read(page.elements.amount.value);
  const parts = page.querySelector("[data-parts]:not(:disabled)");
  const chosen = page.querySelector("[name=category]:checked");
  const said = {
    amount: sum ? "" : word(page.elements.amount.value.trim() ? "Amount" : "Missing"),
    category: parts || chosen ? "" : word("Choose"),
    parts: parts && sum && !complete(parts, sum) ? word("Parts") : "",
  };
  for (const [id, words] of Object.entries(said)) wrong(id, words);
  return Object.keys(said).find((id) => said[id]);
}

/* Writing. */

function entryOf(page) {
  const at = new Date().toISOString();
  const data = new FormData(page);
  const id = data.get("client_id");
  const fields = [...data].filter(([name, value]) => name !== "csrf_token" && typeof value === "string");
  const parts = page.querySelector("[data-parts]:not(:disabled)");
  const chosen = page.querySelector("[name=category]:checked");
  const category = parts ? namesOf(parts) : chosen.closest("label").textContent.trim();
  const record = { amount: shown(read(data.get("amount")).sum), category, comment: data.get("comment"), at };
  return { id, url: page.action, fields, about: { record } };
}

function renew(page) {
  for (const input of page.querySelectorAll("[name=category]")) input.checked = false;
  for (const name of ["amount", "comment", "receipts"]) page.elements[name].value = "";
  drawFiles(page.elements.receipts);
  page.elements.client_id.value = newId();
  page.elements.date.value = today();
  for (const id of ["amount", "category", "parts", "comment", "date"]) wrong(id, "");
  if (!page.querySelector("[data-parts]").disabled) divide(page, false);
  page.elements.amount.dispatchEvent(new InputEvent("input", { bubbles: true }));
  page.dispatchEvent(new CustomEvent("renewed"));
  page.elements.amount.focus();
}

async function write(page) {
  const entry = entryOf(page);
  try {
    await add(entry);
  } catch {
    page.submit(); // nothing can be kept here
    return;
  }
  fresh.set(entry.id, null);
  renew(page);
  page.dataset.saving = "just";
  setTimeout(() => page.dataset.saving === "just" && delete page.dataset.saving, DOUBLE);
  await Promise.race([flush(), new Promise((resolve) => setTimeout(resolve, SOON))]);
  const left = (await pending()).find(({ id }) => id === entry.id);
  if (left?.state !== "waiting" || left.cancelled) return;
  navigator.storage?.persist?.();
  fresh.set(entry.id, offerUndo(word("Kept"), () => drop(entry.id).then(() => say(word("Undone")))));
}

document.addEventListener("submit", (event) => {
  const page = event.target.closest?.("#add-form");
  if (!page || event.defaultPrevented) return;
  const saving = page.dataset.saving === "now" || ("saving" in page.dataset && !page.elements.amount.value);
  const first = !saving && complaints(page);
  if (first) document.getElementById(first).closest(".field").querySelector("input, select")?.focus();
  const files = [...page.querySelectorAll("[type=file]")].some(({ files: chosen }) => chosen.length);
  // A file goes as the browser sends it: only when nothing is missing, for a refused page forgets it.
  if (files && navigator.onLine && !first && !saving) return;
  event.preventDefault();
  if (first || saving) return;
  if (files) say(word("Files"));
  page.dataset.saving = "now";
  write(page);
});

/* What came of it. */

async function takeBack(address) {
  const response = await post(address, [], await account()).catch(() => null);
  const answer = await response?.json().catch(() => null);
  if (!response?.ok || !answer) return say(document.getElementById("toasts").dataset[response ? "failed" : "offline"]);
  return tell(answer);
}

const tell = ({ message, undo_url: address }) => (address ? offerUndo(message, () => takeBack(address)) : say(message));

document.addEventListener("outbox:sent", ({ detail: { entry, answer } }) => {
  if (!entry.about?.record || entry.about.undo || !fresh.has(entry.id)) return;
  fresh.get(entry.id)?.remove();
  fresh.delete(entry.id);
  tell(answer);
});

document.addEventListener("outbox:refused", openWaiting);
document.addEventListener("outbox:changed", drawWaiting);

/** A refused entry, back in the form. */
document.addEventListener("waiting:change", async ({ detail: { fields } }) => {
  const page = form();
  renew(page);
  const given = new Map(fields);
  for (const name of ["amount", "comment", "date"]) page.elements[name].value = given.get(name) ?? "";
  const chip = page.querySelector(`[name=category][value="${given.get("category")}"]`);
  if (chip) chip.checked = true;
  if (given.has("split")) {
    divide(page, true);
    const all = (name) => fields.filter(([key]) => key === name).map(([, value]) => value);
    const [categories, amounts] = [all("part_category"), all("part_amount")];
    while (page.querySelectorAll(".part").length < amounts.length) page.querySelector("[name=do][value=more]").click();
    page.querySelectorAll(".part").forEach((row, at) => {
      row.querySelector("select").value = categories[at] ?? "";
      row.querySelector("input").value = amounts[at] ?? "";
    });
  }
  page.elements.amount.dispatchEvent(new InputEvent("input", { bubbles: true }));
});

each("#add-form", async (page) => {
  if (page.dataset.categories) keepCategories(page.dataset.categories);
  else {
    page.elements.client_id.value ||= newId();
    page.elements.date.value = today();
    await cloneChips(page);
  }
  await drawWaiting();
});
