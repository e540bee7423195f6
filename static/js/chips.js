// The categories of this account on the device, for the page that is kept of nobody's.
import { account, readBook, writeBook } from "./store.js";

const keyOf = (mine) => `${mine}:add`; // beside the account's book, and forgotten with it
const clone = (name) => document.querySelector(`template[data-${name}]`).content.firstElementChild.cloneNode(true);

/** Keep [[id, name, type, icon]], given as JSON. */
export async function keepCategories(text) {
  const mine = await account().catch(() => "");
  if (mine) await writeBook(keyOf(mine), { categories: JSON.parse(text) }).catch(() => {});
}

function chip([id, name, , icon], sprite) {
  const label = clone("chip");
  label.querySelector("input").value = id;
  label.querySelector("use").setAttribute("href", `${sprite}#${icon}`);
  label.append(name);
  return label;
}

function option([id, name]) {
  return Object.assign(document.createElement("option"), { value: id, textContent: name });
}

/** Draw the categories that the device knows; without any, one signs in first. */
export async function cloneChips(form) {
  const mine = await account().catch(() => "");
  const { categories = [] } = (mine && (await readBook(keyOf(mine)))) || {};
  const sprite = document.querySelector("use").getAttribute("href").split("#")[0];
  form.querySelector("#category .chips").replaceChildren(...categories.map((one) => chip(one, sprite)));
  for (const select of [...form.querySelectorAll("template")].map(({ content }) => content.querySelector("select"))) {
    if (!select) continue;
    for (const group of select.querySelectorAll("optgroup")) {
      group.replaceChildren(...categories.filter(([, , type]) => type === group.dataset.type).map(option));
    }
  }
  document.querySelector("[data-unknown]").hidden = categories.length > 0;
}
