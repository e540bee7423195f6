// Digits group as one types; `25k`, `1.5mln` and sums show what they come to.
// The server reads the same words: koshelok/core/money.py parse_amount.
import { each } from "./enhance.js";

const SPACE = "\u202f";
const ZEROS = { "": 0, k: 3, к: 3, ming: 3, минг: 3, тыс: 3, m: 6, mln: 6, м: 6, млн: 6, mlrd: 9, млрд: 9 };
const LONGEST = 100; // and so the finest that a text can be, in decimals
const TIYIN = 10n ** BigInt(LONGEST - 2);
const MOST = (10n ** 18n - 1n) * TIYIN;
const NOISE = /[\s'’ʻʼ‘_]+/g;
// Thousands in groups and at most two decimals, or a number and its word.
const TERM =
  /([1-9]\d{0,2}([.,])\d{3}(?:\2\d{3})*)(?:[.,](\d\d?))?(?![\da-zа-я])|(\d{0,18})(?:[.,](\d+))?([a-zа-я]*)\.?/y;

/** What a text comes to: {sum} in tiyin (BigInt), or {wrong}: "Amount", "Range" or "Precise". */
export function read(text) {
  const compact = text.replace(NOISE, "").toLowerCase().replace(/(so.?m|сум|сўм|uzs)\.?$/u, "");
  let total = 0n;
  let end = 0;
  for (let sign = "+"; sign; sign = compact[end++]) {
    TERM.lastIndex = end;
    const [, groups = "", , decimals = "", whole = groups, part = decimals, word = ""] = TERM.exec(compact) ?? [];
    const known = /[+\-\u2212\u2013]/.test(sign) && whole + part && ZEROS[word] >= 0;
    if (!known || [...text].length > LONGEST) return { wrong: "Amount" };
    const value = BigInt(whole.replace(/\D/g, "") + part.padEnd(LONGEST + ZEROS[word], "0"));
    total += sign === "+" ? value : -value;
    end = TERM.lastIndex;
  }
  if (total <= 0n || total > MOST) return { wrong: "Range" };
  return total % TIYIN ? { wrong: "Precise" } : { sum: total / TIYIN };
}

export function grouped(digits) {
  return digits.replace(/\B(?=(\d{3})+$)/g, SPACE);
}

/** Group each whole number of the text, decimals and words left as they are. */
export function regroup(text) {
  const tight = text.replace(/(?<=\d)[ \u00a0\u202f]+(?=\d)/g, "");
  return tight.replace(/(?<![.,\d])\d{4,}(?![.,]\d{3})/g, grouped);
}

/** Tiyin for people: "1 250 000", tiyin only where they are not zero. */
export function shown(amount) {
  const digits = String(amount < 0n ? -amount : amount).padStart(3, "0");
  return `${grouped(digits.slice(0, -2))}.${digits.slice(-2)}`.replace(".00", "");
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
    const { sum } = simple ? {} : read(input.value);
    preview.hidden = !sum;
    preview.textContent = sum ? `= ${shown(sum)} ${unit}` : "";
  };
  input.addEventListener("input", refresh);
  if (box.matches(".money-field-big")) preview.after(keys(input, refresh));
  refresh();
});
