// Builds static/dist/: hashed names, .br and .gz beside each file, and manifest.json
// that maps a logical name ("app.css") to the hashed one.
import { execFile } from "node:child_process";
import { watch } from "node:fs";
import { mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { build as bundle } from "esbuild";
import { WEIGHTS, fonts, printedFonts } from "./fonts.mjs";
import { smallSprite, sprite } from "./icons.mjs";
import { appIcons, worker } from "./installed.mjs";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const DIST = join(ROOT, "static/dist");
const ENTRIES = ["app.js", "charts.js", "debtors.js", "shop.js", "checkout.js", "bulk.js"];
// A page that opens alone has one script, with all that it needs and nothing of the others'.
const ALONE = ["add.js"];
const PAGE_STYLES = ["add.css", "debtors.css", "receipt.css", "shop.css", "budgets.css", "finance.css", "bank.css"];
const COMPRESSIBLE = /\.(css|js|svg|json)$/;
const TAILWIND = join(
  dirname(createRequire(import.meta.url).resolve("@tailwindcss/cli/package.json")),
  "dist/index.mjs",
);

class Dist {
  manifest = {};

  constructor(folder) {
    this.folder = folder;
  }

  async add(name, data) {
    const hash = createHash("sha256").update(data).digest("hex").slice(0, 10);
    const hashed = name.replace(/(\.\w+)$/, `.${hash}$1`);
    this.manifest[name] = hashed;
    await this.write(hashed, data);
    return hashed;
  }

  async write(name, data) {
    const path = join(this.folder, name);
    await writeFile(path, data);
    if (!COMPRESSIBLE.test(name)) return;
    const text = Buffer.from(data);
    const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };
    await writeFile(`${path}.br`, await promisify(brotliCompress)(text, quality));
    await writeFile(`${path}.gz`, await promisify(gzip)(text, { level: 9 }));
  }
}

async function addFonts(dist) {
  const faces = [];
  for (const { name, range, data } of await fonts()) {
    const file = await dist.add(`inter-${name}.woff2`, data);
    faces.push(
      `@font-face{font-family:Inter;font-style:normal;font-display:swap;` +
        `font-weight:${WEIGHTS.min} ${WEIGHTS.max};src:url(${file}) format("woff2");` +
        `unicode-range:${range.replaceAll(", ", ",")}}`,
    );
  }
  return faces.join("");
}

/** Read by the server alone, so under their plain names: koshelok/infra/pdf.py. */
async function addPrintedFonts(dist) {
  for (const { name, data } of await printedFonts()) await dist.write(name, data);
}

async function addStyles(dist, faces) {
  const css = await promisify(execFile)(
    process.execPath,
    [TAILWIND, "--input", join(ROOT, "static/css/app.css"), "--minify", "--cwd", ROOT],
    { maxBuffer: 1 << 26 },
  );
  await dist.add("app.css", faces + css.stdout);
  for (const name of PAGE_STYLES) {
    const { outputFiles } = await bundle({
      entryPoints: [join(ROOT, "static/css", name)],
      bundle: true,
      minify: true,
      target: "es2022",
      write: false,
    });
    await dist.add(name, outputFiles[0].contents);
  }
}

/** Each entry, and what they share: under names with their hashes, by which they import each other. */
async function addScripts(dist) {
  await bundleScripts(dist, ENTRIES, true);
  await bundleScripts(dist, ALONE, false);
}

async function bundleScripts(dist, names, splitting) {
  const { outputFiles } = await bundle({
    entryPoints: names.map((name) => join(ROOT, "static/js", name)),
    entryNames: "[name].[hash]",
    chunkNames: "shared.[hash]",
    bundle: true,
    splitting,
    minify: true,
    format: "esm",
    target: "es2022",
    legalComments: "none",
    write: false,
    outdir: DIST,
  });
  for (const { path, contents } of outputFiles) {
    const [name] = basename(path).split(".");
    dist.manifest[`${name}.js`] = basename(path);
    await dist.write(basename(path), contents);
  }
}

async function addImages(dist) {
  const folder = join(ROOT, "static/img");
  for (const name of await readdir(folder)) {
    if (!name.startsWith("drawing-")) await dist.add(name, await readFile(join(folder, name)));
  }
  await dist.add("icons.svg", await sprite(ROOT));
  await dist.add("add.svg", await smallSprite(join(ROOT, "assets/icons-add.txt")));
  for (const { name, data } of await appIcons(ROOT)) await dist.add(name, data);
}

async function build() {
  const started = performance.now();
  const dist = new Dist(join(ROOT, `node_modules/.assets-${process.pid}`));
  await mkdir(dist.folder, { recursive: true });
  try {
    const faces = await addFonts(dist);
    await Promise.all([addStyles(dist, faces), addScripts(dist), addImages(dist), addPrintedFonts(dist)]);
    // Served by koshelok/web/installed.py under the one name that browsers know it by.
    await dist.write("sw.js", await worker(ROOT, dist.manifest));
    const names = Object.fromEntries(Object.entries(dist.manifest).sort());
    await writeFile(join(dist.folder, "manifest.json"), JSON.stringify(names, null, 2) + "\n");
    await rm(DIST, { recursive: true, force: true });
    await rename(dist.folder, DIST);
  } finally {
    await rm(dist.folder, { recursive: true, force: true });
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`assets: ${Object.keys(dist.manifest).length} files in ${seconds} s`);
}

function rebuildOnChange() {
  let timer;
  const later = (_, name) => {
    if (name?.startsWith("dist")) return;
    clearTimeout(timer);
    timer = setTimeout(() => build().catch((error) => console.error(error.message)), 150);
  };
  for (const folder of ["static", "templates"]) watch(join(ROOT, folder), { recursive: true }, later);
}

await build();
if (process.argv.includes("--watch")) rebuildOnChange();
