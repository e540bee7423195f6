// Charts are drawn from the table behind them, in the theme's colours.
import {
  ArcElement, BarController, BarElement, CategoryScale, Chart, DoughnutController, Filler,
  LineController, LineElement, LinearScale, PointElement, Tooltip,
} from "chart.js";

Chart.register(
  ArcElement, BarController, BarElement, CategoryScale, DoughnutController, Filler,
  LineController, LineElement, LinearScale, PointElement, Tooltip,
);

const drawn = new Map();
const pixel = document.createElement("canvas").getContext("2d", { willReadFrequently: true });

// Chart.js reads rgb, the themes speak oklch: let the browser translate.
function rgb(name, alpha = 1) {
  pixel.clearRect(0, 0, 1, 1);
  pixel.fillStyle = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  pixel.fillRect(0, 0, 1, 1);
  const [r, g, b] = pixel.getImageData(0, 0, 1, 1).data;
  return `rgba(${r},${g},${b},${alpha})`;
}

const token = (color) => {
  if (/^\d+$/.test(color)) return `--chart-${((color - 1) % 8) + 1}`;
  return color === "primary" ? "--color-primary" : `--chart-${color}`;
};
const still = matchMedia("(prefers-reduced-motion: reduce)").matches;

// 1 500 000 → 1.5 mln, in the page's words: browsers know few of them in Uzbek.
function short(value, units) {
  const size = Math.min(Math.floor(Math.log10(Math.abs(value) || 1) / 3), units.length);
  if (size < 1) return String(value).replace("-", "\u2212");
  const number = Math.round((value / 1000 ** size) * 10) / 10;
  return `${number}\u00a0${units[size - 1]}`.replace("-", "\u2212");
}

function table(figure) {
  const rows = [...figure.querySelectorAll("tbody tr")];
  const cells = (row) => [...row.querySelectorAll("td")];
  return {
    labels: rows.map((row) => row.querySelector("th").textContent.trim()),
    series: [...figure.querySelectorAll("thead th[data-color]")].map((head, i) => ({
      name: head.textContent.trim(),
      color: head.dataset.color,
      values: rows.map((row) => Number(cells(row)[i].dataset.value)),
      texts: rows.map((row) => cells(row)[i].textContent.trim()),
    })),
  };
}

// What is ahead of a row is dashed, and one row may bear a mark.
function along({ ahead, mark }) {
  const own = {};
  if (ahead) {
    own.segment = { borderDash: ({ p0DataIndex }) => (p0DataIndex >= ahead ? [3, 5] : undefined) };
    own.fill = false; // segments filled one by one would show a seam
  }
  if (mark) own.pointRadius = ({ dataIndex }) => (dataIndex === Number(mark) ? 5 : 0);
  return own;
}

function dataset(kind, line, count, marks) {
  const own = { label: line.name, data: line.values, texts: line.texts };
  if (kind === "doughnut") {
    const slices = Array.from({ length: count }, (_, i) => rgb(token(String(i + 1))));
    return { ...own, backgroundColor: slices, borderColor: rgb("--color-base-100"), borderWidth: 2, borderRadius: 4 };
  }
  const color = rgb(token(line.color));
  if (kind === "bar") return { ...own, backgroundColor: color, borderRadius: 4, maxBarThickness: 20, categoryPercentage: 0.7 };
  return { ...own, borderColor: color, backgroundColor: rgb(token(line.color), 0.08), fill: "origin", borderWidth: 2, pointRadius: 0, pointHitRadius: 16, pointHoverRadius: 4, pointBackgroundColor: color, cubicInterpolationMode: "monotone", ...along(marks) };
}

function axes(kind, units) {
  if (kind === "doughnut") return {};
  const ticks = { color: rgb("--color-muted"), maxRotation: 0, autoSkipPadding: 12 };
  return {
    x: { grid: { display: false }, border: { color: rgb("--color-base-300") }, ticks },
    y: {
      beginAtZero: true,
      border: { display: false },
      grid: { color: rgb("--color-base-300", 0.7) },
      ticks: { ...ticks, maxTicksLimit: 5, callback: (value) => short(value, units) },
    },
  };
}

function tooltip(kind) {
  return {
    backgroundColor: rgb("--color-neutral"),
    titleColor: rgb("--color-neutral-content"),
    bodyColor: rgb("--color-neutral-content"),
    padding: 12,
    cornerRadius: 12,
    boxPadding: 6,
    usePointStyle: true,
    callbacks: {
      label: ({ dataset: set, dataIndex, label }) =>
        ` ${kind === "doughnut" ? label : set.label}: ${set.texts[dataIndex]}`,
    },
  };
}

/** Draw, or draw again, one figure. */
export function draw(figure) {
  drawn.get(figure)?.destroy();
  const kind = figure.dataset.chart;
  const { labels, series } = table(figure);
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  Chart.defaults.font.size = 13;
  const chart = new Chart(figure.querySelector("canvas"), {
    type: kind,
    data: { labels, datasets: series.map((line) => dataset(kind, line, labels.length, figure.dataset)) },
    options: {
      maintainAspectRatio: false,
      animation: still ? false : { duration: 180 },
      interaction: { mode: kind === "doughnut" ? "nearest" : "index", intersect: kind === "doughnut" },
      cutout: "68%",
      scales: axes(kind, figure.dataset.units.split(" ")),
      plugins: { tooltip: tooltip(kind) },
    },
  });
  drawn.set(figure, chart);
}

function redraw() {
  for (const figure of drawn.keys()) {
    if (figure.isConnected) draw(figure);
    else {
      drawn.get(figure).destroy();
      drawn.delete(figure);
    }
  }
}

new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ["data-theme"] });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
