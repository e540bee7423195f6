// The theme turns at once; the server keeps the choice in a cookie.
document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-theme-form]");
  if (!form) return;
  event.preventDefault();
  const body = new FormData(form, event.submitter);
  const dark = body.get("theme") === "dark";
  document.documentElement.dataset.theme = dark ? "koshelok-dark" : "koshelok";
  fetch(form.action, { method: "POST", body, redirect: "manual" });
  [...form.querySelectorAll("button")].find((button) => button.checkVisibility())?.focus();
});
