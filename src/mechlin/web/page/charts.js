// Charts: the specifications of the report, drawn by Vega without any evaluation of text as code.
import { start } from "./state.js";

let loading;
const vega = () => (loading ??= import(`/vega/${start.stamp}`));
const colour = (name) => {
  const probe = document.createElement("span");
  probe.className = `probe-${name}`;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
};
export const isDark = () => getComputedStyle(document.documentElement).colorScheme === "dark"
  || (getComputedStyle(document.documentElement).colorScheme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);

function look() {
  const ink = colour("ink"), line = colour("line"), size = document.body.classList.contains("projector") ? 17 : 12;
  const text = { labelColor: ink, titleColor: ink, labelFontSize: size, titleFontSize: size, titleFontWeight: "normal" };
  return {
    background: null, font: "system-ui, sans-serif", view: { stroke: null },
    axis: { ...text, gridColor: line, domainColor: line, tickColor: line }, legend: text, rule: { color: ink },
  };
}

const [thousands, decimal] = start.marks;
const locale = { decimal, thousands, grouping: [3], currency: ["EUR ", ""] };
const drawn = new WeakMap();

export async function draw(place, spec) {
  await vega();
  const stage = document.createElement("div");
  stage.className = "stage";
  stage.setAttribute("aria-hidden", "true");  // its place has one name; a name for every mark would only be in the way
  const old = place.firstElementChild;
  stage.style.width = "100%";
  place.append(stage);
  if (old) { stage.style.position = "absolute"; stage.style.visibility = "hidden"; }
  const result = await window.vegaEmbed(stage, structuredClone(spec), {
    mode: "vega-lite", ast: true, actions: false, renderer: "svg", defaultStyle: false, config: look(), formatLocale: locale,
    tooltip: { theme: isDark() ? "dark" : "light", disableDefaultStyle: true },
  });
  drawn.get(place)?.finalize();
  stage.style.position = stage.style.visibility = "";
  place.replaceChildren(stage);
  drawn.set(place, result);
  return result;
}

export const viewOf = (place) => drawn.get(place)?.view;

export function rowsOf(spec) {
  const rows = Object.values(spec.datasets ?? {}).flat();
  const walk = (part) => {
    if (Array.isArray(part?.data?.values)) rows.push(...part.data.values);
    (part?.layer ?? []).forEach(walk);
  };
  walk(spec);
  const seen = new Set();
  return rows.filter((row) => { const key = JSON.stringify(row); return seen.has(key) ? false : seen.add(key); });
}

export function csv(rows) {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const cell = (v) => v == null ? "" : /[",\n]/.test(v) ? `"${String(v).replaceAll('"', '""')}"` : String(v);
  return [names.join(","), ...rows.map((row) => names.map((n) => cell(row[n])).join(","))].join("\r\n") + "\r\n";
}

export function save(name, href) {
  const link = Object.assign(document.createElement("a"), { download: name, href });
  document.body.append(link);
  link.click();
  link.remove();
}

export const saveText = (name, text, kind) => {
  const href = URL.createObjectURL(new Blob([text], { type: kind }));
  save(name, href);
  setTimeout(() => URL.revokeObjectURL(href), 10_000);
};

// A picture of a chart, under the sentence that stands over it on the page.
export async function savePicture(name, place, title) {
  const stage = document.createElement("div");
  stage.className = "unseen";
  document.body.append(stage);
  const spec = { ...structuredClone(place.spec), width: 560, title: { text: title, anchor: "start", limit: 560, offset: 18 }, padding: 12 };
  const config = { ...look(), background: getComputedStyle(document.body).backgroundColor, title: { color: colour("ink") } };
  const { view } = await window.vegaEmbed(stage, spec, { mode: "vega-lite", ast: true, actions: false, renderer: "svg", defaultStyle: false, tooltip: false, config, formatLocale: locale });
  save(name, await view.toImageURL("png", 2));
  view.finalize();
  stage.remove();
}
