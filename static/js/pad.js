// Keys for the amount: the pad's, and a keyboard's wherever the focus is.
import { each } from "./enhance.js";

const HOLD = 500;
const typing = (element) => element.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
const field = () => document.querySelector("#entry [name=amount]");

function change(input, text) {
  input.value = text;
  input.setSelectionRange(text.length, text.length);
  input.dispatchEvent(new InputEvent("input", { bubbles: true }));
}

/** Press a key: digits go to the end, "back" takes the last away, "clear" all. */
export function press(key) {
  const input = field();
  if (!input || input.readOnly) return;
  if (key === "clear") change(input, "");
  else if (key === "back") change(input, input.value.replace(/.[\s\u202f]*$/u, ""));
  else if (input.value || /[1-9]/.test(key)) change(input, input.value + key);
}

each("[data-pad]", (pad) => {
  // The keys are here: a screen keyboard would only hide them.
  field().inputMode = "none";
  let timer;
  pad.addEventListener("pointerdown", (event) => {
    const key = event.target.closest("[data-key]");
    if (!key) return;
    event.preventDefault();
    navigator.vibrate?.(8);
    clearTimeout(timer);
    if (key.dataset.key === "back") timer = setTimeout(() => press("clear"), HOLD);
  });
  for (const name of ["pointerup", "pointercancel", "pointerleave"]) {
    pad.addEventListener(name, () => clearTimeout(timer));
  }
  pad.addEventListener("click", (event) => {
    const key = event.target.closest("[data-key]");
    if (key) press(key.dataset.key);
  });
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (!document.querySelector("[data-pad]") || typing(event.target)) return;
  if (document.querySelector("dialog[open]")) return;
  const key = /^\d$/.test(event.key) ? event.key : event.key === "Backspace" ? "back" : "";
  if (!key) return;
  event.preventDefault();
  press(key);
});
