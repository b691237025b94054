// The page: a change in the controls asks for answers, answers are painted as they come.
import { start, state, words, query, number, fill, packageText, named } from "./state.js";
import * as controls from "./controls.js";
import * as charts from "./charts.js";
import * as guess from "./guess.js";
import { ask, stop, reconnect } from "./stream.js";
import * as past from "./history.js";
import * as kept from "./kept.js";
import * as areas from "./areas.js";

const $ = (id) => document.getElementById(id);
const figures = new Map();
let shapes, latest;

// ------------------------------------------------------------------------------------------- asking

function address(extra = "") {
  const own = [query(), new URLSearchParams(location.search).has("lang") ? `lang=${start.lang}` : "", extra].filter(Boolean).join("&");
  return own ? `?${own}` : location.pathname;
}

const view_ = () => document.body.classList.contains("projector") ? "projector=1" : "";

function run(isNew = false) {
  const view = view_(), url = address(view);
  past.enter(url, isNew);
  const here = query();
  $("download").href = `/package.toml?${here}`;
  $("report").href = `/report.html?${here}`;
  if ($("measured")) $("measured").href = `/measured?${[here, `lang=${start.lang}`].filter(Boolean).join("&")}`;
  document.querySelectorAll("[data-lang]").forEach((a) => { a.href = `?${[here, `lang=${a.dataset.lang}`, view].filter(Boolean).join("&")}`; });
  told();
  begin();
  guess.cover();
  latest = undefined;
  const q = [here, `lang=${start.lang}`].filter(Boolean).join("&");
  ask(q, { progress, answer, beside, problem, stopped, done, failed });
}

function begin() {
  document.body.dataset.state = "running";
  delete document.body.dataset.pairs;
  $("progress").value = 0;
  $("progress").hidden = false;
  $("stop").hidden = false;
  $("again").hidden = true;
  old();
  $("said").textContent = words.first;
}

// What stands there belongs to another package: from the first move of a slider on until its own answer comes.
function old() {
  if (document.body.dataset.state === "starting" || !figures.size) return;
  $("answers").classList.add("stale");
  $("old").hidden = false;
}

function fresh() {
  $("answers").classList.remove("stale");
  $("old").hidden = true;
}

function progress({ share, pairs, of, ahead }) {
  $("progress").value = share;
  $("said").textContent = pairs ? fill(words.running, { pairs, of }) : ahead ? fill(words.queue, { n: ahead }) : words.first;
}

function beside(found) {
  insert(found.html);
  paintCosts(found.costs);
  paintMap(found.map);
  controls.notes(found.notes);
}

function insert(html) {
  for (const [name, text] of Object.entries(html)) document.querySelector(`[data-html=${name}]`).innerHTML = text;
}

function answer(found) {
  latest = found;
  fresh();
  $("provisional").hidden = !found.provisional;
  $("provisional").title = words.provisional;
  insert(found.html);
  controls.money(found.money);
  paintFigures(found.charts);
  guess.offer(found);
  document.body.dataset.pairs = found.pairs;
  if (document.body.dataset.state === "running") document.body.dataset.state = "first";
}

function ended(state_, text) {
  document.body.dataset.state = state_;
  $("progress").hidden = true;
  $("stop").hidden = true;
  $("said").textContent = text;
}

const done = ({ pairs }) => ended("done", fill(words.ready, { of: pairs }));
const stopped = ({ why }) => ended("stopped", why);
const problem = ({ problems }) => { ended("problem", words.refused); old(); alerts(problems); };

function failed() {
  ended("failed", words.failed);
  old();
  $("again").hidden = false;
  alerts([words.failed]);
  reconnect((seconds) => { $("said").textContent = fill(words.trying, { n: seconds }); }, (version) => {
    alerts(version === start.version ? [] : [words.newer]);
    run();
  });
}

export function alerts(lines) {
  $("alerts").replaceChildren(...lines.map((line) => {
    const p = document.createElement("p");
    p.className = "alert";
    p.textContent = line;
    return p;
  }));
  if (lines.length) $("alerts").scrollIntoView({ block: "nearest" });
}

// ------------------------------------------------------------------------------------------ painting

const seen = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    target.near = isIntersecting;
    if (isIntersecting) paint(target);
  }
}, { rootMargin: "300px" });

function place(target, spec) {
  target.spec = spec;
  target.late = true;
  if (target.near) paint(target);
}

async function paint(target) {
  if (!target.late || !target.spec || target.busy) return;
  target.busy = true;
  target.late = false;
  try {
    const result = await charts.draw(target, target.spec);
    if (target.isMap) {
      result.view.signal("year", Number($("year").value)).run();
      result.view.addEventListener("click", (_, item) => {
        const n = item?.datum?.properties?.n;
        if (n !== undefined) areas.choose(n);
      });
    }
    target.dataset.painted = latest?.pairs ?? 0;
  } finally { target.busy = false; }
  if (target.late) paint(target);
}

function element(tag, text, kind) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  if (kind) made.className = kind;
  return made;
}

function newFigure(name) {
  const figure = element("figure");
  figure.dataset.indicator = name;
  const chart = element("div", undefined, "chart");
  chart.setAttribute("role", "img");
  const more = element("details", undefined, "numbers");
  more.append(element("summary", start.page_words.numbers), element("div", undefined, "scroll"), element("dl"));
  const buttons = element("p", undefined, "save");
  for (const kind of ["CSV", "PNG"]) {
    const button = element("button", kind);
    button.type = "button";
    button.addEventListener("click", () => kind === "CSV"
      ? charts.saveText(`${name}.csv`, charts.csv(chart.spec), "text/csv") : charts.savePicture(`${name}.png`, chart));
    buttons.append(button);
  }
  const caption = element("figcaption");
  figure.append(element("h3"), chart, caption, buttons, more);
  seen.observe(chart);
  more.addEventListener("toggle", () => more.open && fillTable(figure));
  return figure;
}

function fillTable(figure) {
  const rows = charts.rowsOf(figure.querySelector(".chart").spec), table = element("table"), body = element("tbody");
  const scroll = figure.querySelector(".scroll");
  scroll.tabIndex = 0;
  scroll.setAttribute("role", "region");
  scroll.setAttribute("aria-label", `${start.page_words.numbers}: ${figure.querySelector(".chart").dataset.title}`);
  const head = element("tr");
  for (const word of start.page_words.columns) head.append(Object.assign(element("th", word), { scope: "col" }));
  for (const row of rows) {
    const tr = element("tr");
    tr.append(Object.assign(element("th", row.year), { scope: "row" }), element("td", row.world));
    for (const key of ["value", "low", "high"]) tr.append(element("td", row[key] == null ? "–" : number(row[key]), "n"));
    body.append(tr);
  }
  const thead = element("thead");
  thead.append(head);
  table.append(thead, body);
  scroll.replaceChildren(table);
}

function paintFigures(all) {
  for (const [name, figure] of figures) if (!all.some((c) => c.name === name)) { figure.remove(); figures.delete(name); }
  for (const c of all) {
    if (!figures.has(c.name)) figures.set(c.name, newFigure(c.name));
    const figure = figures.get(c.name), chart = figure.querySelector(".chart");
    if (figure.parentElement !== $("charts")) $("charts").append(figure);
    figure.querySelector("h3").textContent = c.clear ? c.sentence : c.title;
    figure.querySelector("figcaption").textContent = [c.clear ? "" : c.sentence && `${c.sentence}.`, c.spread, c.rests].filter(Boolean).join(" ");
    chart.dataset.title = c.title;
    chart.setAttribute("aria-label", `${c.title}. ${c.sentence}`);
    figure.querySelector("dl").replaceChildren(...c.card.flatMap(([word, text]) => [element("dt", word), element("dd", text)]));
    place(chart, c.spec);
    if (figure.querySelector("details").open) fillTable(figure);
  }
}

function paintCosts(spec) {
  const box = $("costs");
  if (!spec) { box.replaceChildren(); return; }
  if (!box.firstElementChild) {
    const figure = newFigure("costs");
    figure.querySelector("details").remove();
    figure.querySelector("h3").textContent = start.page_words.costs;
    figure.querySelector(".chart").setAttribute("aria-label", start.page_words.costs);
    box.append(figure);
  }
  place(box.querySelector(".chart"), spec);
}

async function paintMap(map) {
  $("where").hidden = !map;
  if (!map) return;
  shapes ??= fetch(`/shapes/${start.stamp}`).then((r) => r.json());
  const outlines = await shapes, year = $("year");
  const [first, last] = map.years;
  if (Number(year.max) !== last || !year.dataset.set) {
    Object.assign(year, { min: first, max: last, value: last });
    year.dataset.set = "1";
    $("year-shown").textContent = last;
  }
  $("map").value = map.name;
  areas.offer(map);
  for (const show of ["with", "difference"]) {
    const spec = map.specs[show], target = $(`map-${show}`);
    spec.data.values.features.forEach((area, n) => { area.geometry = outlines[n]; area.properties.n = n; });
    target.setAttribute("aria-label", map.title);
    target.isMap = true;
    seen.observe(target);
    place(target, spec);
  }
}

export const repaint = () => document.querySelectorAll(".chart").forEach((c) => { if (c.spec) place(c, c.spec); });

// ----------------------------------------------------------------------------------------- take along

function told() {
  const known = named(), file = known ? state.base : "package.toml";
  const rest = `--against ${state.against} --until ${state.until} --runs ${state.runs}`;
  const special = state.against.endsWith("-only");
  $("command").textContent = (known ? "" : `# ${start.page_words.save_first}\n`)
    + `mechlin rehearse ${start.city_given} --package ${file} ${rest}` + (special ? `\n# ${start.page_words.against_file}` : "");
  const text = JSON.stringify(packageText()).slice(1, -1).replaceAll("\\n", "\n").replaceAll('\\"', '"');
  $("python").textContent = "import mechlin\n"
    + (known ? "" : `from pathlib import Path\n\nPath("package.toml").write_text('''\n${text}''')\n`)
    + `result = mechlin.rehearse("${start.city_given}", package="${file}", against="${state.against}", `
    + `runs=${state.runs}, until="${state.until}")\nresult.summary()`;
}

async function share() {
  const here = new URL(address(`v=${encodeURIComponent(start.version)}&c=${start.city_hash.slice(0, 8)}`), location.href).href;
  try { await navigator.clipboard.writeText(here); } catch { prompt("", here); return; }
  $("said").textContent = words.copied;
  document.body.dataset.shared = here;
}

async function upload(file) {
  if (!file) return;
  if (file.size > 1_000_000) { alerts([fill(words.large_file, { name: file.name })]); return; }
  const headers = { "x-file-name": file.name.replace(/[^\x20-\x7e]/g, "_") };
  try {
    const response = await fetch(`/package?lang=${start.lang}`, { method: "POST", body: file, headers });
    const found = await response.json();
    if (!response.ok) { alerts(found.problems); return; }
    alerts([]);
    Object.assign(state, { base: "nothing", settings: found.settings, title: new URLSearchParams(found.query).get("title") ?? "" });
    changed();
  } catch { failed(); }
}

// -------------------------------------------------------------------------------------------- wiring

controls.show();
const changed = () => { alerts([]); controls.show(); run(true); };
controls.listen(changed, old);
past.listen(() => { alerts([]); controls.show(); run(); });
kept.listen((scenario) => { Object.assign(state, structuredClone(scenario)); changed(); });
areas.listen(changed);
$("reset").addEventListener("click", () => {
  Object.assign(state, { settings: structuredClone(start.presets[state.base]), title: "" });
  changed();
});
$("again").addEventListener("click", () => { alerts([]); run(); });
$("upload").addEventListener("change", ({ target }) => { upload(target.files[0]); target.value = ""; });
$("share").addEventListener("click", share);
$("print").addEventListener("click", () => print());
$("stop").addEventListener("click", () => { stop(); ended("stopped", words.stopped_here); });
$("year").addEventListener("input", ({ target }) => {
  $("year-shown").textContent = target.value;
  for (const show of ["with", "difference"]) charts.viewOf($(`map-${show}`))?.signal("year", Number(target.value)).run();
  if (!$("area").hidden) areas.again();
});
$("show").addEventListener("change", ({ target }) => {
  const name = [...$("numbers").options].find((o) => o.value.toLowerCase() === target.value.trim().toLowerCase())?.dataset.name;
  if (!name) return;
  state.show = [name, ...state.show.filter((n) => n !== name)].slice(0, 6);
  target.value = "";
  run(true);
});
$("map").addEventListener("change", ({ target }) => { state.map = target.value; run(true); });
$("look").addEventListener("change", ({ target }) => look(target.value));
$("projector").addEventListener("click", ({ target }) => {
  const on = document.body.classList.toggle("projector");
  target.setAttribute("aria-pressed", String(on));
  past.enter(address(on ? "projector=1" : ""), false);
  repaint();
});
guess.listen(() => latest, run);

function look(kind) {
  if (kind === "system") delete document.documentElement.dataset.look; else document.documentElement.dataset.look = kind;
  $("look").value = kind;
  try { localStorage.setItem("look", kind); } catch { /* a private window: the choice lasts as long as the page */ }
  repaint();
}
try { const kept = localStorage.getItem("look"); if (kept) look(kept); } catch { /* as the system */ }
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
addEventListener("beforeprint", () => document.querySelectorAll(".chart").forEach((c) => { c.near = true; paint(c); }));
const asked = new URLSearchParams(location.search);
if (asked.get("projector")) { document.body.classList.add("projector"); $("projector").setAttribute("aria-pressed", "true"); }
if (matchMedia("(max-width: 56rem)").matches) document.querySelectorAll(".pillar").forEach((p) => { p.open = false; });
new IntersectionObserver(([entry]) => document.body.classList.toggle("reading", entry.isIntersecting)).observe($("controls"));
const wrong = [...$("alerts").children];
run();
if (wrong.length) $("alerts").replaceChildren(...wrong);
