// The chart library comes only to pages that hold a chart.
import { each } from "./enhance.js";

each("[data-chart]", async (figure) => {
  const { draw } = await import(document.querySelector('meta[name="charts"]').content);
  draw(figure);
});
