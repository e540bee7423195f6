// What makes the site an app of a device: its icons, and the worker that keeps its files.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { Resvg, initWasm } from "@resvg/resvg-wasm";
import { build as bundle } from "esbuild";

// What a page needs to work without a connection: its script, its look, its letters.
const KEPT = /^((app|debtors|add)\.(css|js)|shared\.js|(icons|add)\.svg|logo\.svg|inter-.*\.woff2)$/;
const WASM = createRequire(import.meta.url).resolve("@resvg/resvg-wasm/index_bg.wasm");
let renderer;

const png = (svg, width) => new Resvg(svg, { fitTo: { mode: "width", value: width } }).render().asPng();

/** A device cuts its own shape out of this one: colour to the edges, the sign well inside. */
function bleeding(logo) {
  const [, colour] = logo.match(/<rect[^>]*fill="([^"]+)"/);
  const inside = logo.replace("<svg ", '<svg x="3" y="3" width="26" height="26" ');
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">` +
    `<rect width="32" height="32" fill="${colour}"/>${inside}</svg>`
  );
}

/** The icons as [{name, data}], in PNG. */
export async function appIcons(root) {
  renderer ??= initWasm(await readFile(WASM));
  await renderer;
  const logo = await readFile(join(root, "static/img/logo.svg"), "utf8");
  return [
    { name: "icon-192.png", data: png(logo, 192) },
    { name: "icon-512.png", data: png(logo, 512) },
    { name: "icon-maskable.png", data: png(bleeding(logo), 512) },
  ];
}

/** The text of the service worker, which knows the files of this build by their hashed names. */
export async function worker(root, manifest) {
  const files = Object.entries(manifest)
    .filter(([name]) => KEPT.test(name))
    .map(([, hashed]) => `/static/dist/${hashed}`)
    .sort();
  const source = join(root, "static/sw.js");
  const version = createHash("sha256").update(await readFile(source)).update(files.join()).digest("hex");
  const result = await bundle({
    entryPoints: [source],
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2022",
    legalComments: "none",
    write: false,
    define: { FILES: JSON.stringify(files), VERSION: JSON.stringify(version.slice(0, 10)) },
  });
  return result.outputFiles[0].contents;
}
