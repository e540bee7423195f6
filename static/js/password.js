// A password can be looked at.
import { each } from "./enhance.js";

each("[data-password]", (box) => {
  const input = box.querySelector("input");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-bare btn-icon";
  const name = (shown) => {
    input.type = shown ? "text" : "password";
    button.setAttribute("aria-label", shown ? box.dataset.hide : box.dataset.show);
    button.setAttribute("aria-pressed", String(shown));
    const use = document.querySelector(".icon use, .drawing use").getAttribute("href").split("#")[0];
    button.innerHTML = `<svg class="icon" aria-hidden="true"><use href="${use}#${shown ? "eye-off" : "eye"}"/></svg>`;
  };
  name(false);
  button.addEventListener("click", () => name(input.type === "password"));
  input.form?.addEventListener("submit", () => name(false));
  box.append(button);
});
