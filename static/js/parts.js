// The parts of one payment: more of them, fewer, and what is left while one types.
// Read by koshelok/finance/entry_forms.py, which says the same without a script.
import { each } from "./enhance.js";
import { read, shown } from "./money.js";

const LEAST = 2;
const sumOf = (input) => read(input.value).sum ?? 0n;
const typed = (input) => input.value.trim() !== "";

/** What the parts come to: {rest} in tiyin, and `open`, the one that takes it (or undefined). */
function reckon(box, whole) {
  const inputs = [...box.querySelectorAll("[name=part_amount]")];
  const empty = inputs.filter((input) => !typed(input));
  const rest = inputs.reduce((left, input) => left - sumOf(input), whole);
  return { rest, open: empty.length === 1 ? empty[0] : undefined, empty: empty.length };
}

/** Whether the parts are all there and are the whole. */
export function complete(box, whole) {
  const { rest, open, empty } = reckon(box, whole);
  const named = [...box.querySelectorAll("[name=part_category]")].every((select) => select.value);
  return named && (open ? rest > 0n : !empty && rest === 0n);
}

/** The categories of the parts, in words. */
export const namesOf = (box) =>
  [...box.querySelectorAll("[name=part_category]")].map((select) => select.selectedOptions[0]?.text ?? "").join(", ");

function wholeOf(box) {
  const input = box.closest("form").elements.amount;
  return box.dataset.whole ? read(box.dataset.whole).sum : sumOf(input);
}

function draw(box) {
  const { rest, open } = reckon(box, wholeOf(box));
  const line = box.querySelector("[data-rest]");
  line.classList.toggle("is-over", rest < 0n);
  line.querySelector("span").textContent = box.dataset[rest < 0n ? "wordsOver" : "wordsLeft"];
  line.querySelector("b").textContent = shown(rest);
  for (const input of box.querySelectorAll("[name=part_amount]")) {
    input.placeholder = input === open && rest > 0n ? shown(rest) : "0";
  }
  const rows = box.querySelectorAll(".part");
  for (const button of box.querySelectorAll("[data-part-remove]")) button.hidden = rows.length <= LEAST;
}

function add(box) {
  const row = box.querySelector("template").content.firstElementChild.cloneNode(true);
  box.querySelector(".part-rows").append(row);
  document.dispatchEvent(new CustomEvent("htmx:after:swap")); // what enhances rows looks again
  return row;
}

/** Show the parts in place of the one category, or the other way round. */
export function divide(form, on) {
  const box = form.querySelector("[data-parts]");
  const whole = form.querySelector("#category");
  for (const [part, there] of [[box, on], [whole, !on]]) {
    part.hidden = !there;
    part.disabled = !there;
  }
  for (const button of form.querySelectorAll("[name=do]")) button.hidden = (button.value === "split") === on;
  if (!on) box.querySelector(".part-rows").replaceChildren();
  while (on && box.querySelectorAll(".part").length < LEAST) add(box);
  const chosen = form.querySelector("[name=category]:checked");
  const first = box.querySelector("[name=part_category]");
  if (on && chosen && !first.value) first.value = chosen.value;
  draw(box);
}

each("[data-parts]", (box) => {
  const form = box.closest("form");
  form.addEventListener("input", () => draw(box));
  form.addEventListener("click", (event) => {
    const { value } = event.target.closest("[name=do]") ?? {};
    const gone = event.target.closest("[data-part-remove]");
    if (!value && !gone) return;
    event.preventDefault();
    if (value === "split" || value === "whole") divide(form, value === "split");
    if (value === "more") add(box);
    if (gone) gone.closest(".part").remove();
    draw(box);
    const blank = [...box.querySelectorAll("[name=part_category]")].find((select) => !select.value);
    if (value === "split" || value === "more") blank?.focus();
  });
  if (!box.disabled) draw(box);
});

