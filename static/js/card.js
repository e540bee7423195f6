// Card numbers group as one types; a saved card fills its number in without leaving the form.
import { each } from "./enhance.js";

const digitsOf = (text) => text.replace(/\D/g, "");

each("[data-card-number]", (input) => {
  const chips = () => document.querySelectorAll(`[data-fill="${input.id}"]`);
  const refresh = () => {
    const digits = digitsOf(input.value);
    // What is no number, or is changed in its middle, stays as it is typed.
    if (/^[\d\s-]*$/.test(input.value) && input.selectionEnd === input.value.length) {
      const text = digits.slice(0, 16).replace(/(\d{4})(?=\d)/g, "$1 ");
      if (text !== input.value) input.value = text;
    }
    for (const chip of chips()) {
      if (chip.dataset.value === digits) chip.setAttribute("aria-current", "true");
      else chip.removeAttribute("aria-current");
    }
  };
  input.addEventListener("input", refresh);
  refresh();
});

document.addEventListener("click", (event) => {
  const chip = event.target.closest("[data-fill]");
  const input = chip && document.getElementById(chip.dataset.fill);
  if (!input || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  input.value = chip.dataset.value;
  input.setSelectionRange(16, 16);
  input.dispatchEvent(new InputEvent("input", { bubbles: true }));
  input.form.querySelector("[data-money] input")?.focus();
});
