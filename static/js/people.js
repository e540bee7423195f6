// The people of the cached book: found as the server finds them (koshelok/debtors/sql/search.sql,
// fold_text in koshelok/finance/sql/search.sql), with what waits to be sent reckoned in.
import { plain, split, tiyin } from "./split.js";

const RECENT = 8;
const SHOWN = 30;
const LETTERS = new Map(
  [..."абвгдезийклмнопрстуфхыэўғқҳіїєґ"].map((letter, i) => [letter, "abvgdeziyklmnoprstufxieogqhiieg"[i]]),
);
for (const mark of "'’‘ʻʼ`´ьъ") LETTERS.set(mark, "");
for (const [letter, two] of Object.entries({ ё: "yo", ж: "j", ц: "ts", ч: "ch", ш: "sh", щ: "sh", ю: "yu", я: "ya" })) {
  LETTERS.set(letter, two);
}
const BETWEEN = /[\s!-/:-@[-`{-~«»“”„…—–№]+/;
const WORD = 30;

/** Text as it is compared: Qo'y, қўй and QOY are one. */
export const fold = (text) => [...text.toLowerCase()].map((letter) => LETTERS.get(letter) ?? letter).join("");

const wordsOf = (text) => fold(text).split(BETWEEN).filter(Boolean);

function asked(query) {
  const number = /^[\d\s+().-]+$/.test(query);
  return wordsOf(number ? query.replace(/\D/g, "") : query).map((word) => word.slice(0, WORD));
}

const keys = new WeakMap();

function keysOf(person) {
  if (!keys.has(person)) keys.set(person, wordsOf(`${person.name} ${person.phone.replace(/^\+/, "")}`));
  return keys.get(person);
}

const latest = (one, other) => (one.last < other.last ? 1 : one.last > other.last ? -1 : (other.id ?? 0) - (one.id ?? 0));
const owesMore = (one, other) => Number(tiyin(other.debt) - tiyin(one.debt));

/** {found} for words; without them {recent, largest}, as queries/counter.py find_people. */
export function search(people, query) {
  if (query.trim()) {
    const words = asked(query.trim());
    const fits = (person) => words.every((word) => keysOf(person).some((key) => key.includes(word)));
    return { found: words.length ? people.filter(fits).sort(latest).slice(0, SHOWN) : [] };
  }
  const recent = [...people].sort(latest).slice(0, RECENT);
  const owing = people.filter((person) => person.debt !== "0.00").sort(owesMore).slice(0, SHOWN);
  return { recent, largest: owing.filter((person) => !recent.includes(person)).slice(0, SHOWN - RECENT) };
}

/** What a query would be the beginning of: digits are the number, the rest the name. */
export function readQuery(query) {
  const phone = query.match(/\+?[\d\s().-]*\d/)?.[0].trim() ?? "";
  const words = query.replace(phone, " ").split(/\s+/).filter(Boolean);
  return { name: words.map((word) => word[0].toUpperCase() + word.slice(1)).join(" "), phone };
}

/** The person of an entry, by id or, made on this device, by the id it has here. */
export const isOf = (person, { person: id, client }) => (id ? person.id === id : !!client && person.client_id === client);

const somebody = ({ client, name, phone, at }) => ({
  id: null, client_id: client, name, phone, debt: "0.00", credit: "0.00", limit: null, last: at, open: [],
});

/** The people as they will be when these entries are written. */
export function withWaiting(people, entries) {
  const all = [...people];
  for (const { about, state, cancelled, seq } of entries) {
    if (!about?.kind || about.undo || cancelled || state !== "waiting") continue;
    let at = all.findIndex((person) => isOf(person, about));
    if (at < 0 && about.kind === "person") at = all.push(somebody(about)) - 1;
    if (at >= 0 && about.kind !== "person") all[at] = after(all[at], about, seq);
  }
  return all;
}

/** A person after a debt or a payment; settled oldest first, as operations/settlement.py does. */
function after(person, { kind, amount, first = [], due, description, at }, seq) {
  const debt = kind === "debt" && { id: -seq, remaining: tiyin(amount), created: at, due, description };
  const open = person.open.map((one) => ({ ...one, remaining: tiyin(one.remaining) }));
  if (debt) open.push(debt);
  const money = tiyin(person.credit) + (debt ? 0n : tiyin(amount));
  const listed = person.open.reduce((sum, one) => sum + tiyin(one.remaining), 0n);
  const beyond = tiyin(person.debt) - listed;
  const { covers, credit } = split(open, money, first);
  const left = new Map(covers.map((cover) => [cover.debt, cover.left]));
  const rest = open
    .map((one) => ({ ...one, remaining: left.get(one.id) ?? one.remaining }))
    .filter((one) => one.remaining > 0n);
  const owed = rest.reduce((sum, one) => sum + one.remaining, 0n) + beyond;
  return {
    ...person,
    last: at,
    debt: plain(owed > credit ? owed - credit : 0n),
    credit: plain(credit > owed ? credit - owed : 0n),
    open: rest.map((one) => ({ ...one, remaining: plain(one.remaining) })),
  };
}
