// One SVG sprite: the Lucide icons that templates and Python name, and our own drawings.
import { readFile, readdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const LUCIDE = join(
  dirname(createRequire(import.meta.url).resolve("lucide-static/package.json")),
  "icons",
);
// icon("plus"), icon='plus', "icon": "plus": must exist.
const NAMED = /\bicon['"]?\s*(?:\(|=|:)\s*['"]([a-z][a-z0-9-]*)['"]/g;
// Any word in quotes on a line about icons: taken where Lucide has it.
const HINTED = /^.*(?:icon|\bui\.|\bPlace\().*$/gm;
const QUOTED = /['"]([a-z][a-z0-9-]*)['"]/g;

async function* files(folder, pattern) {
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile() && pattern.test(entry.name)) {
      yield join(entry.parentPath ?? entry.path, entry.name);
    }
  }
}

/** Icon name → the first place that names it. */
async function named(root) {
  const places = new Map();
  const lucide = new Set(await readdir(LUCIDE));
  const note = (name, place) => places.has(name) || places.set(name, place);
  const list = join(root, "assets/icons.txt");
  for (const line of (await readFile(list, "utf8")).split("\n")) {
    if (line && !line.startsWith("#")) note(line.trim(), list);
  }
  for (const [folder, pattern] of [["templates", /\.html$/], ["koshelok", /\.py$/]]) {
    for await (const path of files(join(root, folder), pattern)) {
      const text = await readFile(path, "utf8");
      for (const [, name] of text.matchAll(NAMED)) note(name, path);
      for (const [line] of text.matchAll(HINTED)) {
        for (const [, name] of line.matchAll(QUOTED)) if (lucide.has(`${name}.svg`)) note(name, path);
      }
    }
  }
  return places;
}

const inside = (svg) => svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"));
const tight = (svg) => svg.replace(/<!--.*?-->/gs, "").replace(/\s*\n\s*/g, "").replace(/ \/>/g, "/>").trim();

function symbol(id, svg) {
  const [, box] = svg.match(/viewBox="([^"]+)"/);
  return `<symbol id="${id}" viewBox="${box}">${tight(inside(svg))}</symbol>`;
}

const wrapped = (symbols) => `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`;

async function lucide(places) {
  const symbols = [];
  for (const [name, place] of [...places].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const svg = await readFile(join(LUCIDE, `${name}.svg`), "utf8").catch(() => {
      throw new Error(`no icon "${name}", named in ${place}`);
    });
    symbols.push(symbol(name, svg));
  }
  return symbols;
}

/** A sprite of what one list names: for a page that opens alone. */
export async function smallSprite(list) {
  const names = (await readFile(list, "utf8")).split("\n").filter((line) => line && !line.startsWith("#"));
  return wrapped(await lucide(names.map((name) => [name, list])));
}

/** The sprite's text; throws on an icon that Lucide has not. */
export async function sprite(root) {
  const symbols = await lucide(await named(root));
  for await (const path of files(join(root, "static/img"), /^drawing-.*\.svg$/)) {
    const id = path.match(/(drawing-[a-z-]+)\.svg$/)[1];
    symbols.push(symbol(id, await readFile(path, "utf8")));
  }
  return wrapped(symbols);
}
