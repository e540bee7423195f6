// Toasts leave by themselves, but not while someone points at them or has focus in them.
import { each } from "./enhance.js";

const AT_ONCE = 2; // more would cover what one works with

function leave(toast) {
  toast.classList.add("is-leaving");
  setTimeout(() => toast.remove(), 180);
}

each("[data-toast]", (toast) => {
  let timer;
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(() => leave(toast), Number(toast.dataset.toast) * 1000);
  };
  const hold = () => clearTimeout(timer);
  for (const name of ["pointerenter", "focusin"]) toast.addEventListener(name, hold);
  for (const name of ["pointerleave", "focusout"]) toast.addEventListener(name, wait);
  toast.addEventListener("click", (event) => {
    if (event.target.closest("[data-dismiss]")) leave(toast);
  });
  toast.addEventListener("htmx:after:request", () => leave(toast));
  wait();
  const all = document.querySelectorAll("#toasts [data-toast]:not(.is-leaving)");
  [...all].slice(0, -AT_ONCE).forEach(leave);
});

/** Show a toast that a page keeps as a template. */
export function show(toast) {
  document.getElementById("toasts").append(toast);
  document.dispatchEvent(new CustomEvent("htmx:after:swap"));
}

/** Say something that the server could not. */
export function say(message) {
  const toast = document.getElementById("toast-template").content.firstElementChild.cloneNode(true);
  toast.querySelector("p").textContent = message;
  show(toast);
}
