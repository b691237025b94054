// The estimate before any run: asked for as a slider moves, marked as one, and held to the runs once they are there.
import { start, words, number, fill } from "./state.js";
import { element } from "./paint.js";

const $ = (id) => document.getElementById(id);
const PAUSE_MS = 120;  // a slider on its way asks no more often
let asking, waiting, told, runs, onItsWay;  // on its way: of a slider that is still held, so of no runs

export function ask(query, moving = false) {
  clearTimeout(waiting);
  asking?.abort();
  told = runs = undefined;
  onItsWay = moving;
  delete document.body.dataset.estimate;
  if (!moving) hide();
  waiting = setTimeout(() => fetchIt(query), moving ? PAUSE_MS : 0);
}

async function fetchIt(query) {
  const mine = (asking = new AbortController());
  try {
    const response = await fetch(`/estimate?${query}`, { signal: mine.signal });
    if (response.ok && asking === mine) show(await response.json());
  } catch { /* the stream says what is wrong with the server; without an estimate the page waits for runs as before */ }
}

function hide() {
  $("estimate").hidden = true;
}

function show(found) {
  const box = $("estimate");
  told = found.told.length ? found : undefined;
  const late = !onItsWay && document.body.dataset.pairs !== undefined;  // runs speak already: why there is none matters no more
  box.hidden = !told && (!found.why || late);
  box.open = true;
  box.classList.remove("held");
  $("estimate-title").textContent = told ? words.estimate : found.why;
  box.classList.toggle("none", !told);
  $("estimate-list").replaceChildren(...found.told.map((one) => element("li", fill(words.estimate_line, one))));
  $("estimate-said").textContent = [found.said, found.outside].filter(Boolean).join(" ");
  document.body.dataset.estimate = told ? "told" : "none";
  if (runs) held(runs);  // they were there before it
}

// As soon as runs can say something themselves, the estimate steps back.
export function givesWay() {
  if (onItsWay) return;
  if (told) $("estimate").open = false; else hide();
}

// All runs are there: how far off was it?
export function held(charts) {
  if (onItsWay) return;
  runs = charts;
  if (!told) { hide(); return; }
  $("estimate").open = false;
  const rows = told.told.map((one) => ({ one, found: charts.find((c) => c.name === one.name) })).filter(({ found }) => found?.effect != null);
  const inside = rows.filter(({ one, found }) => one.ends[0] <= found.effect && found.effect <= one.ends[1]);
  $("estimate-title").textContent = fill(words.estimate_held, { inside: inside.length, of: rows.length });
  $("estimate-list").replaceChildren(...rows.map(({ one, found }) => element("li", fill(words.estimate_row,
    { title: one.title, text: one.text, gap: found.gap, off: number(Math.abs(one.middle - found.effect)) }))));
  $("estimate").classList.add("held");
  document.body.dataset.estimate = "held";
}
