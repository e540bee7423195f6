// The category that a note most likely belongs to, chosen as one types; what a person chose stays.
import { each } from "./enhance.js";

const SETTLED = 250;

each("form[data-guess]", (form) => {
  const place = form.querySelector("[data-guess-words]");
  const note = form.elements.comment;
  let timer;
  let asked = "";
  let byHand = Boolean(form.querySelector("[name=category]:checked"));

  function forget() {
    place.replaceChildren();
    if (!byHand) for (const input of form.querySelectorAll("[name=category]")) input.checked = false;
  }

  async function guess() {
    const text = note.value.trim();
    if (byHand || text === asked) return;
    asked = text;
    const response = text && (await fetch(`${form.dataset.guess}?${new URLSearchParams({ note: text })}`, {
      headers: { Accept: "application/json" },
      redirect: "manual",
    }).catch(() => null));
    const found = response && response.ok ? await response.json().catch(() => ({})) : {};
    if (byHand || note.value.trim() !== text) return;
    forget();
    const input = form.querySelector(`[name=category][value="${found.category}"]`);
    if (!input) return;
    input.checked = true;
    place.append(found.words);
  }

  note.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(guess, SETTLED);
  });
  form.addEventListener("change", (event) => {
    if (event.target.name !== "category") return;
    byHand = true;
    place.replaceChildren();
  });
  form.addEventListener("renewed", () => {
    byHand = false;
    asked = "";
    clearTimeout(timer);
    forget();
  });
});
