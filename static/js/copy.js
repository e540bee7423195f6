// Copying and printing: their buttons come hidden, and stay so where the browser cannot.
import { each } from "./enhance.js";
import { say } from "./toasts.js";

each("[data-copy]", (button) => {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    say(button.dataset.copied);
  });
});

each("[data-print]", (button) => {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
});
