// A strip of chips that is wider than the screen shows the one that is on.
import { each } from "./enhance.js";

each(".filter-bar > [aria-current]", async (chip) => {
  await document.fonts.ready;
  const strip = chip.parentElement;
  strip.scrollLeft = chip.offsetLeft - strip.offsetLeft - (strip.clientWidth - chip.offsetWidth) / 2;
});
