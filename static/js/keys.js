// One key for the frequent things: data-shortcut on what it presses or focuses; ? shows them all.
const typing = (element) => element.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.key === "Escape") event.target.closest?.("#search")?.blur();
  if (typing(event.target) || document.querySelector("dialog[open]")) return;
  if (event.key === "?") {
    document.getElementById("shortcuts").showModal();
    return;
  }
  // The page's own, which comes after the frame's, before the frame's.
  const target = [...document.querySelectorAll(`[data-shortcut="${CSS.escape(event.key)}"]`)].at(-1);
  if (!target) return;
  event.preventDefault();
  if (target.matches("input, textarea")) target.select();
  else target.click();
});
