// The app of the device: its worker, and a sign-out that tells what would be left behind.
import { flush, onSent, pending } from "./outbox.js";
import { erasePerson, forget, writePerson } from "./store.js";

const whose = document.querySelector('meta[name="account"]')?.content;

if (whose && navigator.serviceWorker) {
  navigator.serviceWorker.register("/sw.js", { updateViaCache: "none" }).then(
    () => document.getElementById("device") && renewShell(),
    () => {}, // kept from it by a setting: everything works, with a connection
  );
}

/** The page that is kept follows the language and the look of this one. */
async function renewShell() {
  const { active } = await navigator.serviceWorker.ready;
  active.postMessage("renew");
}

async function leave(form) {
  await forget().catch(() => {});
  form.submit();
}

document.addEventListener("submit", async (event) => {
  const form = event.target.closest?.("[data-sign-out]");
  if (!form) return;
  event.preventDefault();
  await Promise.race([flush(), new Promise((resolve) => setTimeout(resolve, 2000))]);
  const waiting = await pending().catch(() => []);
  const dialog = document.getElementById("sign-out");
  if (!waiting.length || !dialog) return leave(form);
  dialog.querySelector("button[data-leave]").onclick = () => leave(form);
  return dialog.showModal();
});

// Whatever page sends what waited, the book on the device has it before the queue forgets it.
onSent(({ account, about }, said) =>
  said.person ? writePerson(account, said.person) : about?.kind === "person" && erasePerson(account, about.client),
);
if (whose) flush();
