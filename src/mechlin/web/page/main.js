// The page: a change in the controls asks for answers, answers are painted as they come.
import { start, state, words, query, number, fill, packageText, named } from "./state.js";
import * as controls from "./controls.js";
import * as figures from "./figures.js";
import * as maps from "./maps.js";
import { repaint, paintAll } from "./paint.js";
import * as estimate from "./estimate.js";
import * as guess from "./guess.js";
import { ask, stop, reconnect } from "./stream.js";
import * as past from "./history.js";
import * as kept from "./kept.js";
import * as areas from "./areas.js";

const $ = (id) => document.getElementById(id);
const TELLING = 4;  // pairs after which runs say more than an estimate does
let latest;

// ------------------------------------------------------------------------------------------- asking

function address(extra = "") {
  const own = [query(), new URLSearchParams(location.search).has("lang") ? `lang=${start.lang}` : "", extra].filter(Boolean).join("&");
  return own ? `?${own}` : location.pathname;
}

const view_ = () => document.body.classList.contains("projector") ? "projector=1" : "";

const asked = (here) => [here, `lang=${start.lang}`].filter(Boolean).join("&");

function run(isNew = false) {
  const view = view_(), url = address(view);
  past.enter(url, isNew);
  const here = query();
  $("download").href = `/package.toml?${here}`;
  $("report").href = `/report.html?${asked(here)}`;
  if ($("measured")) $("measured").href = `/measured?${asked(here)}`;
  document.querySelectorAll("[data-lang]").forEach((a) => { a.href = `?${[here, `lang=${a.dataset.lang}`, view].filter(Boolean).join("&")}`; });
  told();
  begin();
  guess.cover();
  latest = undefined;
  const q = asked(here);
  estimate.ask(q);
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
  if (document.body.dataset.state === "starting" || !figures.any()) return;
  $("answers").classList.add("stale");
  $("controls").classList.add("stale");
  $("provisional").hidden = true;
  $("old").hidden = false;
}

function fresh() {
  $("answers").classList.remove("stale");
  $("controls").classList.remove("stale");
  $("old").hidden = true;
}

function progress({ share, pairs, of, ahead }) {
  $("progress").value = share;
  $("said").textContent = pairs ? fill(words.running, { pairs, of }) : ahead ? fill(words.queue, { n: ahead }) : words.first;
}

function beside(found) {
  insert(found.html);
  figures.paintCosts(found.costs);
  maps.paintMap(found.map);
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
  document.body.dataset.pairs = found.pairs;
  figures.paintFigures(found.charts);
  guess.offer(found);
  if (found.pairs >= TELLING) estimate.givesWay();
  if (document.body.dataset.state === "running") document.body.dataset.state = "first";
}

function ended(state_, text) {
  document.body.dataset.state = state_;
  $("progress").hidden = true;
  $("stop").hidden = true;
  $("said").textContent = text;
}

function done({ pairs }) {
  ended("done", fill(words.ready, { of: pairs }));
  if (latest) estimate.held(latest.charts);
}
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
controls.listen(changed, (moved) => { old(); estimate.ask(asked(query(moved)), true); });
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
maps.listen();
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
addEventListener("beforeprint", paintAll);
if (new URLSearchParams(location.search).get("projector")) { document.body.classList.add("projector"); $("projector").setAttribute("aria-pressed", "true"); }
if (matchMedia("(max-width: 56rem)").matches) document.querySelectorAll(".pillar").forEach((p) => { p.open = false; });
new IntersectionObserver(([entry]) => document.body.classList.toggle("reading", entry.isIntersecting)).observe($("controls"));
const wrong = [...$("alerts").children];
run();
if (wrong.length) $("alerts").replaceChildren(...wrong);
