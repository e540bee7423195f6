// Dialogs are popovers so that they open without a script; here they become modal.
import { each } from "./enhance.js";

const dialogOf = (button) => document.getElementById(button.getAttribute("popovertarget"));

each("dialog[popover]", (dialog) => {
  dialog.removeAttribute("popover");
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  if ("open" in dialog.dataset) dialog.showModal(); // it was asked for
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[popovertarget]");
  const dialog = button && dialogOf(button);
  if (!(dialog instanceof HTMLDialogElement)) return;
  event.preventDefault();
  if (button.getAttribute("popovertargetaction") === "hide") dialog.close();
  else if (!dialog.open) {
    button.closest("details[data-menu]")?.removeAttribute("open");
    dialog.showModal();
  }
});

// A swap that answers a dialog's form takes the dialog's work away with it.
document.addEventListener("htmx:after:request", (event) => {
  const dialog = event.detail.ctx.sourceElement?.closest?.("dialog[open]");
  if (dialog && event.detail.ctx.response?.raw?.ok) dialog.close();
});
