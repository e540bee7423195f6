// The counter's sheet: whose it is, what an amount would come to, and how to empty it.
// What the server draws of it: templates/debtors/_counter_sheet.html, koshelok/debtors/outlook.py.
import { each } from "./enhance.js";
import { newId } from "./ids.js";
import { read, shown } from "./money.js";
import { split, tiyin } from "./split.js";

const UNLISTED = 0;
const DAY = 86_400_000;
const SETTLED = 400;
const sheet = () => document.getElementById("sheet");
const part = (name) => sheet().querySelector(name);
const word = (name, value) => sheet().dataset[`words${name}`].replace("{}", value);
let late;
let waiting = ""; // an amount that was typed before it was known for whom

/** What a person owes, in tiyin; below zero it is credit. */
export function balanceOf(person) {
  return tiyin(person.debt) - tiyin(person.credit);
}

function person() {
  return sheet().dataset.person ? JSON.parse(sheet().dataset.person) : null;
}

/** What is typed, in tiyin; 0 while it is no amount. */
export function amount() {
  return read(part("[name=amount]").value).sum ?? 0n;
}

function openOf(who) {
  const listed = who.open.map(({ id, remaining }) => ({ id, remaining: tiyin(remaining) }));
  const beyond = listed.reduce((rest, debt) => rest - debt.remaining, tiyin(who.debt));
  return beyond > 0n ? [...listed, { id: UNLISTED, remaining: beyond }] : listed;
}

function drawAfter(kind, balance, known) {
  const text = balance < 0n ? `+${shown(balance)}` : word("Left", shown(balance));
  part(`[data-after=${kind}]`).textContent = known ? text : "";
}

function drawSplit(who, sum, first) {
  const { covers, credit } = split(openOf(who), sum, first);
  const left = new Map(covers.map((cover) => [cover.debt, cover.left]));
  for (const item of sheet().querySelectorAll(".open-debt")) {
    const rest = left.get(Number(item.querySelector("[name=first]").value));
    const place = item.querySelector("[data-debt=left]");
    place.hidden = rest === undefined;
    place.textContent = rest === undefined ? "" : `→ ${shown(rest)}`;
  }
  const closed = covers.filter((cover) => cover.left === 0n && cover.debt !== UNLISTED).length;
  const rest = covers.at(-1)?.left ?? 0n;
  const words = [];
  if (closed) words.push(word("Closes", closed));
  if (rest) words.push(word("Rest", shown(rest)));
  if (credit) words.push(word("Over", shown(credit)));
  part("[data-split]").textContent = words.join(" · ");
}

function drawLimit(who, owed) {
  const place = part("[data-limit]");
  const limit = who?.limit ? tiyin(who.limit) : null;
  const near = limit !== null && owed * 10n >= limit * 8n;
  const over = limit !== null && owed > limit;
  place.hidden = !near;
  place.classList.toggle("is-over", over);
  if (near) part("[data-limit-words]").textContent = word(over ? "Past" : "Near", shown(limit));
  const override = part("[data-override]");
  const allowed = override?.querySelector("input");
  if (override) override.hidden = !over;
  if (allowed && !over) allowed.checked = false;
  if (over && !allowed?.checked) part(".entry-debt").disabled = true;
}

/** Nothing is written down while what is typed is no amount; why, is said once one stops typing. */
function drawWrong(field) {
  const { wrong } = field.value.trim() ? read(field.value) : {};
  const place = part("[data-amount-wrong]");
  const words = wrong ? sheet().dataset[`wrong${wrong}`] : "";
  for (const button of sheet().querySelectorAll(".entry-do button")) {
    button.disabled = Boolean(wrong) || sheet().dataset.state === "none";
  }
  place.textContent = "";
  clearTimeout(late);
  if (words) late = setTimeout(() => place.append(words), SETTLED);
}

function refresh() {
  const field = part("[name=amount]");
  if (!field) return;
  // A number is never cut off: what is long is written smaller.
  field.dataset.length = field.value.length > 12 ? "longer" : field.value.length > 9 ? "long" : "";
  const who = person();
  const sum = amount();
  const balance = who ? balanceOf(who) : 0n;
  const known = sum > 0n && sheet().dataset.state !== "none";
  drawAfter("debt", balance + sum, known);
  drawAfter("payment", balance - sum, known);
  const first = [...sheet().querySelectorAll("[name=first]:checked")].map((box) => box.value);
  if (who) drawSplit(who, sum, first);
  drawWrong(field);
  drawLimit(sum ? who : null, balance + sum);
}

function drawState(state) {
  sheet().dataset.state = state;
  for (const block of sheet().querySelectorAll("[data-when]")) block.hidden = block.dataset.when !== state;
  for (const input of sheet().querySelectorAll(".entry-new input")) input.disabled = state !== "new";
  for (const button of sheet().querySelectorAll(".entry-do button")) button.disabled = state === "none";
  document.querySelector(".counter")?.classList.toggle("is-open", state !== "none");
  mark();
}

/** Show among the people whose sheet it is. */
export function mark() {
  const { state } = sheet().dataset;
  for (const row of document.querySelectorAll("[data-person-id]")) {
    const chosen = state === "person" && row.dataset.personId === part("[name=debtor]")?.value;
    if (chosen) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  }
}

/** A day as people say it. */
function dayOf(iso) {
  const day = new Date(iso.length === 10 ? `${iso}T00:00` : iso);
  const ago = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(day).setHours(0, 0, 0, 0)) / DAY);
  if (ago === 0) return sheet().dataset.wordsToday;
  if (ago === 1) return sheet().dataset.wordsYesterday;
  const { wordsDay, wordsYear, wordsMonths } = sheet().dataset;
  const pattern = day.getFullYear() === new Date().getFullYear() ? wordsDay : wordsYear;
  return pattern
    .replace("d", day.getDate())
    .replace("y", day.getFullYear())
    .replace("MMMM", wordsMonths.split("|")[day.getMonth()]);
}

/** A number as people of its country read it; another country's as it is. */
export function readable(phone) {
  return phone.replace(/^(\+998)(\d\d)(\d{3})(\d\d)(\d\d)$/, "$1 $2 $3 $4 $5");
}

/** The day so many days from now, as ISO. */
function isoIn(days) {
  const day = new Date();
  day.setDate(day.getDate() + days);
  return `${day.getFullYear()}-${String(day.getMonth() + 1).padStart(2, "0")}-${String(day.getDate()).padStart(2, "0")}`;
}

/** After how many days debts of this book are due, for the page that was kept of nobody's. */
export function setUsual(days) {
  const place = part("[data-due]");
  if (!place) return;
  place.dataset.dueUsual = days ?? "";
  const quick = [...place.querySelectorAll("[data-days]")];
  if (days == null || quick.some((radio) => radio.dataset.days === String(days))) return;
  const radio = Object.assign(quick[0].cloneNode(), { checked: false, value: isoIn(days) });
  radio.dataset.days = days;
  const chip = quick[0].parentElement.cloneNode();
  chip.append(radio, word("Days", days));
  const next = quick.find((other) => Number(other.dataset.days) > days);
  (next?.parentElement ?? place.querySelector(".chip-date")).before(chip);
}

function drawDebt(debt) {
  const item = part("template[data-open-debt]").content.firstElementChild.cloneNode(true);
  const place = (name) => item.querySelector(`[data-debt=${name}]`);
  item.querySelector("[name=first]").value = debt.id;
  place("day").textContent = dayOf(debt.created);
  place("description").textContent = debt.description;
  place("remaining").textContent = shown(tiyin(debt.remaining));
  if (!debt.due) place("due").remove();
  else {
    place("due").textContent = word("Until", dayOf(debt.due));
    place("due").classList.toggle("is-late", debt.due < isoIn(0));
  }
  return item;
}

/** Make the sheet this person's (PERSON of queries/cached.py), as empty as a new one. */
export function fill(who) {
  const balance = balanceOf(who);
  sheet().dataset.person = JSON.stringify(who);
  sheet().setAttribute("aria-label", who.name);
  sheet().setAttribute("hx-get", `/debtors?person=${who.id ?? ""}`); // what an Undo asks anew
  part("[name=debtor]").value = who.id ?? "";
  part("[data-fill=name]").textContent = who.name;
  part("[data-person-page]").href = `/debtors/${who.id ?? ""}`;
  part("[data-fill=phone]").textContent = readable(who.phone);
  part("[data-fill=balance-words]").textContent =
    sheet().dataset[balance > 0n ? "wordsOwes" : balance < 0n ? "wordsCredit" : "wordsSettled"];
  part("[data-fill=balance]").textContent = `${balance < 0n ? "+" : ""}${shown(balance)}`;
  part("[data-fill=balance]").classList.toggle("income", balance < 0n);
  part("[data-open-debts]").replaceChildren(...who.open.map(drawDebt));
  const all = part("[data-all]");
  if (all) all.hidden = balance <= 0n;
  drawState("person");
  reset();
}

/** Make the sheet somebody new's. */
export function fillNew(name = "", phone = "") {
  sheet().dataset.person = "";
  part("[name=debtor]").value = "";
  part("[name=full_name]").value = name;
  part("[name=phone_number]").value = phone;
  part("[data-open-debts]").replaceChildren();
  const all = part("[data-all]");
  if (all) all.hidden = true;
  drawState("new");
  reset();
}

/** Empty what was typed and make a new identifier for the next entry. */
export function reset() {
  const form = part("[data-sheet]");
  if (!form.elements.amount) return;
  form.elements.client_id.value = newId();
  form.elements.amount.value = "";
  form.elements.description.value = "";
  for (const box of form.querySelectorAll("[name=first], [name=override]")) box.checked = false;
  const { dueUsual = "" } = part("[data-due]").dataset;
  form.elements.due_on.value = "";
  for (const radio of form.querySelectorAll("[name=due_date]")) {
    const { days = "" } = radio.dataset;
    if (days) radio.value = isoIn(Number(days));
    radio.checked = days === dueUsual;
  }
  form.querySelector("[name=method]").checked = true;
  // Not only this file listens: what a sum came to goes away with it.
  form.elements.amount.dispatchEvent(new InputEvent("input", { bubbles: true }));
}

each("#people", mark);

each("[data-sheet]", (form) => {
  const input = form.elements.amount;
  drawState(sheet().dataset.state);
  if (!input) return;
  if (waiting && !input.value && sheet().dataset.state !== "none") input.value = waiting;
  waiting = "";
  form.addEventListener("input", (event) => {
    if (event.target === input) waiting = sheet().dataset.state === "none" ? input.value : "";
    // A day of one's own stands instead of the quick ones, and the other way round.
    if (event.target.name === "due_date") form.elements.due_on.value = "";
    if (event.target.name === "due_on") for (const radio of form.querySelectorAll("[name=due_date]")) radio.checked = false;
    refresh();
  });
  form.addEventListener("click", (event) => {
    if (!event.target.closest("[data-all]")) return;
    event.preventDefault();
    input.value = shown(tiyin(person().debt));
    input.dispatchEvent(new InputEvent("input", { bubbles: true }));
  });
  input.dispatchEvent(new InputEvent("input", { bubbles: true }));
});
