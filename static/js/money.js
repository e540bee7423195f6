// Digits group as one types; `25k`, `1.5mln` and sums show what they come to.
// The server reads the same words: koshelok/core/money.py parse_amount.
import { each } from "./enhance.js";

const SPACE = "\u202f";
const MULTIPLIERS = {
  "": 1, k: 1e3, к: 1e3, ming: 1e3, минг: 1e3, тыс: 1e3,
  m: 1e6, mln: 1e6, м: 1e6, млн: 1e6, mlrd: 1e9, млрд: 1e9,
};
const TERM = /([+\-\u2212\u2013]?)((?:\d+(?:[.,]\d+)*|[.,]\d+))([a-zа-я]*)\.?/gy;

function plain(number) {
  const marks = number.match(/[.,]/g) ?? [];
  const groups = number.split(/[.,]/);
  const last = groups.at(-1);
  if (marks.length === 1 && last.length !== 3) return Number(groups.join("."));
  if (marks.length > 1 && last.length !== 3) return Number(`${groups.slice(0, -1).join("")}.${last}`);
  return Number(groups.join(""));
}

/** The sum that the text comes to, or null. */
export function read(text) {
  const compact = text.toLowerCase().replace(/[\s\u00a0\u202f'’ʻʼ_]/g, "");
  let total = 0;
  let end = 0;
  TERM.lastIndex = 0;
  for (let term; end < compact.length && (term = TERM.exec(compact)); end = TERM.lastIndex) {
    const [, sign, number, word] = term;
    if (!(word in MULTIPLIERS) || (end > 0 && !sign)) return null;
    total += (sign && sign !== "+" ? -1 : 1) * plain(number) * MULTIPLIERS[word];
  }
  return end && end === compact.length ? Math.round(total * 100) / 100 : null;
}

export function grouped(digits) {
  return digits.replace(/\B(?=(\d{3})+$)/g, SPACE);
}

/** Group each whole number of the text, decimals and words left as they are. */
export function regroup(text) {
  const tight = text.replace(/(?<=\d)[ \u00a0\u202f]+(?=\d)/g, "");
  return tight.replace(/(?<![.,\d])\d{4,}(?![.,]\d{3})/g, grouped);
}

function amount(value) {
  const [whole, tiyin] = Math.abs(value).toFixed(2).split(".");
  return `${value < 0 ? "\u2212" : ""}${grouped(whole)}${tiyin === "00" ? "" : `.${tiyin}`}`;
}

function rewrite(input) {
  const text = regroup(input.value);
  if (text === input.value) return;
  // The caret stays behind the same digit, however many spaces come or go before it.
  const before = input.value.slice(0, input.selectionEnd).replace(/[ \u00a0\u202f]/g, "").length;
  input.value = text;
  let caret = 0;
  for (let seen = 0; seen < before && caret < text.length; caret += 1) {
    if (!/[ \u00a0\u202f]/.test(text[caret])) seen += 1;
  }
  input.setSelectionRange(caret, caret);
}

function keys(input, refresh) {
  const row = document.createElement("div");
  row.className = "money-keys";
  for (const text of ["000", "+", "\u2212"]) {
    const key = document.createElement("button");
    key.type = "button";
    key.className = "btn btn-quiet";
    key.textContent = text;
    key.addEventListener("pointerdown", (event) => event.preventDefault());
    key.addEventListener("click", () => {
      input.setRangeText(text, input.selectionStart, input.selectionEnd, "end");
      refresh();
    });
    row.append(key);
  }
  return row;
}

each("[data-money]", (box) => {
  const input = box.querySelector("input");
  const unit = box.querySelector(".unit").textContent;
  const preview = box.parentElement.querySelector("[data-money-preview]");
  const refresh = () => {
    rewrite(input);
    const simple = /^[\d\s\u202f.,]*$/.test(input.value);
    const sum = simple ? null : read(input.value);
    preview.hidden = sum === null;
    preview.textContent = sum === null ? "" : `= ${amount(sum)} ${unit}`;
  };
  input.addEventListener("input", refresh);
  if (box.matches(".money-field-big")) preview.after(keys(input, refresh));
  refresh();
});
