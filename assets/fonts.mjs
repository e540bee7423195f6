// Inter, cut to the letters and weights Koshelok sets: a quarter of the size of the whole.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import subsetFont from "subset-font";

const require = createRequire(import.meta.url);
const INTER = dirname(require.resolve("@fontsource-variable/inter"));
const PRINTED = dirname(require.resolve("@expo-google-fonts/inter/package.json"));
export const WEIGHTS = { min: 400, max: 650 };

// What the pages ask of the letters (base.css): the rest of Inter's alternates would double them.
const FEATURES = ["kern", "mark", "mkmk", "ccmp", "locl", "tnum", "cv11", "ss03"];

// Each subset is fetched only when the page holds one of its letters. The first is what Uzbek and
// English are written with, and so is on every page; the rest of that file is in the second.
const SUBSETS = {
  latin:
    "U+20-7E, U+A0, U+A9, U+AB, U+B0, U+B7, U+BB, U+D7, U+2BB-2BC, U+2010-2015, U+2018-201A, U+201C-201E, U+2022, " +
    "U+2026, U+202F, U+2116, U+2190-2193, U+2212, U+2248",
  "latin-more":
    "U+A1-A8, U+AA, U+AC-AF, U+B1-B6, U+B8-BA, U+BC-D6, U+D8-FF, U+131, U+2C6, U+2DA, U+2DC, U+2020-2021, U+2030, " +
    "U+2039-203A, U+20AC, U+2122",
  "latin-ext": "U+100-130, U+132-17F, U+18F, U+218-21B, U+259, U+1E9E",
  cyrillic: "U+401, U+410-44F, U+451",
  "cyrillic-ext": "U+400, U+402-40F, U+450, U+452-45F, U+490-493, U+49A-49B, U+4B2-4B3, U+4E8-4E9",
};

function letters(range) {
  return range
    .split(/,\s*/)
    .map((part) => part.slice(2).split("-").map((hex) => parseInt(hex, 16)))
    .flatMap(([from, to = from]) =>
      Array.from({ length: to - from + 1 }, (_, i) => String.fromCodePoint(from + i)),
    )
    .join("");
}

/** The subsets as [{name, range, data}], in woff2. */
export function fonts() {
  return Promise.all(
    Object.entries(SUBSETS).map(async ([name, range]) => {
      const whole = await readFile(join(INTER, "files", `inter-${name.replace("-more", "")}-wght-normal.woff2`));
      const data = await subsetFont(whole, letters(range), {
        targetFormat: "woff2",
        variationAxes: { wght: WEIGHTS },
        keepFeatures: FEATURES,
      });
      return { name, range, data };
    }),
  );
}

/** Whole fonts for documents that are made on the server, as [{name, data}], in TrueType. */
export function printedFonts() {
  const all = Object.values(SUBSETS).map(letters).join("");
  return Promise.all(
    ["400Regular", "600SemiBold"].map(async (style) => {
      const whole = await readFile(join(PRINTED, style, `Inter_${style}.ttf`));
      const name = `inter-${style.slice(3).toLowerCase()}.ttf`;
      return { name, data: await subsetFont(whole, all, { targetFormat: "truetype" }) };
    }),
  );
}
