// What did not work is said in words; the page stays as it was.
import { say } from "./toasts.js";

const WORDS = { 400: "stale", 403: "refused", 404: "missing", 429: "limited" };
const words = (name) => document.getElementById("toasts").dataset[name];

document.addEventListener("htmx:response:error", (event) => {
  const status = event.detail.ctx.response.raw.status;
  if (status === 401) location.reload();
  else if (status !== 409 && status !== 422) say(words(WORDS[status] ?? "failed"));
});

document.addEventListener("htmx:error", (event) => {
  if (event.detail?.error?.name !== "AbortError") say(words(navigator.onLine ? "failed" : "offline"));
});
