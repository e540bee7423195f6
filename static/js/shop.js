// The shop's own script: buttons beside a number count it up and down within its bounds.
function count(button) {
  const input = button.closest("[data-stepper]").querySelector("input");
  const before = input.value;
  if (!input.checkValidity()) input.value = input.min;
  else if (button.dataset.step > 0) input.stepUp();
  else input.stepDown();
  if (input.value !== before) input.dispatchEvent(new Event("change", { bubbles: true }));
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-step]");
  if (button) count(button);
});
