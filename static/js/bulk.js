// How many records are chosen, said while one chooses.
const bar = () => document.getElementById("bulk");

function tell() {
  const form = bar();
  if (!form) return;
  const all = form.elements.all?.checked;
  const boxes = [...document.querySelectorAll('input[name="id"][form="bulk"]')];
  for (const box of boxes) box.disabled = Boolean(all);
  const count = boxes.filter((box) => box.checked).length;
  const words = form.querySelector("[data-chosen]");
  words.textContent = count ? form.dataset.some.replace("{}", count) : form.dataset.none;
  words.hidden = Boolean(all);
  for (const button of form.querySelectorAll("button")) button.disabled = !all && !count;
}

document.addEventListener("change", (event) => {
  if (event.target.form && event.target.form === bar()) tell();
});
document.addEventListener("htmx:after:swap", tell);
window.addEventListener("pageshow", tell);
tell();
