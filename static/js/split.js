// How a payment would cover debts: the twin of koshelok/debtors/split.py, in whole tiyin (BigInt).

/** "1250000.50" as tiyin. */
export function tiyin(text) {
  const [whole, part = ""] = String(text).split(".");
  return BigInt(whole) * 100n + BigInt(part.padEnd(2, "0").slice(0, 2));
}

/** Tiyin as "1250000.50". */
export function plain(amount) {
  const digits = String(amount < 0n ? -amount : amount).padStart(3, "0");
  return `${amount < 0n ? "-" : ""}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/**
 * Spread `amount` over open debts given oldest first; those whose id is in `first` come before.
 * `open` is [{id, remaining}]; all sums are tiyin.
 */
export function split(open, amount, first = []) {
  const pinned = new Set(first.map(Number));
  const line = [
    ...open.filter((debt) => pinned.has(debt.id)),
    ...open.filter((debt) => !pinned.has(debt.id)),
  ];
  const covers = [];
  let rest = amount;
  for (const { id, remaining } of line) {
    if (rest === 0n) break;
    const part = rest < remaining ? rest : remaining;
    covers.push({ debt: id, amount: part, left: remaining - part });
    rest -= part;
  }
  return { covers, credit: rest, closed: covers.filter((cover) => cover.left === 0n).length };
}
