// Run `enhance(element)` once on each element that matches, now and whenever htmx brings more.
const rules = [];

function apply(root, { selector, enhance, done }) {
  const found = root.matches?.(selector) ? [root] : [];
  for (const element of [...found, ...root.querySelectorAll(selector)]) {
    if (done.has(element)) continue;
    done.add(element);
    enhance(element);
  }
}

export function each(selector, enhance) {
  const rule = { selector, enhance, done: new WeakSet() };
  rules.push(rule);
  apply(document, rule);
}

document.addEventListener("htmx:after:swap", () => {
  for (const rule of rules) apply(document, rule);
});
