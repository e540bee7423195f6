// The code under six boxes: digits only, sent when the sixth is in.
import { each } from "./enhance.js";

each("[data-code] input", (input) => {
  input.addEventListener("paste", (event) => {
    event.preventDefault();
    input.value = event.clipboardData.getData("text").replace(/\D/g, "").slice(0, 6);
    input.dispatchEvent(new InputEvent("input", { bubbles: true }));
  });
  input.addEventListener("input", () => {
    const digits = input.value.replace(/\D/g, "").slice(0, 6);
    if (digits !== input.value) input.value = digits;
    if (digits.length < 6) return;
    const rest = [...input.form.elements].filter(
      (other) => other !== input && /^(text|password|email|tel)$/.test(other.type) && !other.value,
    );
    if (rest.length) rest[0].focus();
    else input.form.requestSubmit();
  });
});
