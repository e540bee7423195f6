// Finding a person by keys alone: Enter takes the first, arrows walk, the amount is next.
import { each } from "./enhance.js";

const people = () => document.getElementById("people");
const links = () => [...people().querySelectorAll("a.person-link")].filter((link) => link.offsetParent);
let wanted = false; // Enter was pressed before the answer came

function takeFirst(search) {
  wanted = people().dataset.query !== search.value.trim();
  if (!wanted) links()[0]?.click();
}

each("#counter-search", (search) => {
  if (matchMedia("(width >= 48rem)").matches && document.querySelector("#sheet[data-state=none]")) search.focus({ preventScroll: true });
  search.form.addEventListener("submit", (event) => event.preventDefault());
  search.addEventListener("focus", () => search.select());
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter") takeFirst(search);
    else if (event.key === "ArrowDown") links()[0]?.focus();
    else return;
    event.preventDefault();
  });
});

document.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const link = event.target.closest?.("#people a");
  if (!step || !link) return;
  event.preventDefault();
  const next = links().indexOf(link) + step;
  (next < 0 ? document.getElementById("counter-search") : links()[next])?.focus();
});

// The next in the queue is looked for anew; the people listen for the same facts, after this.
for (const fact of ["debt-recorded", "payment-recorded"]) {
  const empty = () => {
    const search = document.getElementById("counter-search");
    if (search && search !== document.activeElement) search.value = "";
  };
  document.addEventListener(fact, empty, true);
}

document.addEventListener("htmx:after:swap", () => {
  const search = document.getElementById("counter-search");
  if (wanted && search && people().dataset.query === search.value.trim()) takeFirst(search);
});

each("#sheet", (sheet) => {
  const left = document.activeElement;
  const chosen = left === document.body || left?.closest?.(".counter-people");
  if (sheet.dataset.state === "none" || !chosen || !matchMedia("(width >= 48rem)").matches) return;
  const empty = [...sheet.querySelectorAll(".entry-new input:enabled")].find((input) => !input.value);
  (empty ?? sheet.querySelector("[name=amount]"))?.focus({ preventScroll: true });
});
