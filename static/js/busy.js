// A form is sent once; its button shows that it works. A request longer than 150 ms shows a line.
const DOWNLOAD = 3_000; // a file is given without leaving the page, and nothing says when
const busy = new Map();

function start(form, button) {
  form.dataset.sending = "";
  button?.setAttribute("aria-busy", "true");
}

function stop(form) {
  delete form.dataset.sending;
  for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
}

// First of all listeners: what is already under way is not sent again.
addEventListener(
  "submit",
  (event) => {
    if (!("sending" in event.target.dataset)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  },
  true,
);

// Last of all: only what nobody stopped is under way.
addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (!event.defaultPrevented || form.matches("[hx-post]")) start(form, event.submitter);
  if ("download" in form.dataset) setTimeout(() => stop(form), DOWNLOAD);
});

addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form[data-sending]").forEach(stop);
});

const line = document.createElement("div");
line.className = "progress-line";
line.setAttribute("aria-hidden", "true");
// Beside the body, whose whole inside a navigation may replace.
document.documentElement.append(line);

document.addEventListener("htmx:before:request", (event) => {
  const timer = setTimeout(() => line.classList.add("is-on"), 150);
  busy.set(event.detail.ctx, timer);
});

document.addEventListener("htmx:finally:request", (event) => {
  clearTimeout(busy.get(event.detail.ctx));
  busy.delete(event.detail.ctx);
  if (!busy.size) line.classList.remove("is-on");
  const source = event.detail.ctx.sourceElement;
  const form = source?.closest?.("form");
  if (form) stop(form);
});
