// Predict, then reveal: the room's guess is drawn before the answer is shown.
import { state, words, number, fill } from "./state.js";
import * as charts from "./charts.js";

const $ = (id) => document.getElementById(id);
let on = false, offered;

// A change makes every answer an old one: none is kept, and none can be revealed before the new one is whole.
export function cover() {
  offered = undefined;
  $("reveal").disabled = true;
  if (!on) return;
  $("revealed").classList.add("covered");
  $("revealed").inert = true;
  $("guessed").textContent = words.without_only;
  $("guess-chart").replaceChildren();
}

function about() { return offered?.charts.find((c) => c.name === $("guess-what").value) ?? offered?.charts[0]; }

const unmoved = (c) => charts.rowsOf(c.spec).filter((r) => r.world !== words.with);  // all that tells nothing of the answer

// Set the slider to what this number may become: twice the span of what is known without the answer.
function range() {
  const c = about();
  if (!c) return;
  const values = unmoved(c).flatMap((r) => [r.value, r.low, r.high]).filter((v) => v != null);
  const low = Math.min(...values), high = Math.max(...values), room = Math.max(high - low, Math.abs(high) / 5, 1e-9) * 0.5;
  Object.assign($("guess-value"), { min: low - room, max: high + room });
  $("guess-value").value = unmoved(c).filter((r) => r.world === words.without).at(-1)?.value ?? low;
  shown();
  sketch();
}

function shown() {
  const c = about();
  const text = `${number(Number($("guess-value").value))} ${c?.unit ?? ""}`;
  $("guess-shown").textContent = text;
  $("guess-value").setAttribute("aria-valuetext", text);
}

export function offer(found) {
  offered = found;
  $("reveal").disabled = found.pairs < found.of;
  if (on) $("guessed").textContent = found.pairs < found.of ? fill(words.not_yet, found) : words.without_only;
  const select = $("guess-what"), before = select.value;
  if (select.options.length !== found.charts.length) {
    select.replaceChildren(...found.charts.map((c) => new Option(c.title, c.name)));
    if (before) select.value = before;
    range();
  } else sketch();
}

// What the guess adds to a chart: a line from the first value to the guess.
function guessed(c) {
  const first = unmoved(c).find((r) => r.world === words.without), last = Number(state.until.slice(0, 4));
  const line = [{ year: first.year, value: first.value }, { year: last, value: Number($("guess-value").value) }];
  const axis = { x: { field: "year", type: "quantitative" }, y: { field: "value", type: "quantitative" } };
  const ink = charts.isDark() ? "#f08fc0" : "#b0307a";
  return [
    { data: { values: line }, mark: { type: "line", color: ink, strokeDash: [2, 3], strokeWidth: 2 }, encoding: axis },
    { data: { values: [line[1]] }, mark: { type: "point", color: ink, filled: true, size: 90, shape: "triangle-up" }, encoding: axis },
    { data: { values: [line[1]] }, mark: { type: "text", color: ink, align: "right", dy: -12, text: words.guess }, encoding: axis }];
}

// The chart with everything but the answer.
function sketch() {
  const c = about();
  if (!on || !c) return;
  const drawn = structuredClone(c.spec);
  drawn.datasets.runs = drawn.datasets.runs.filter((r) => r.world !== words.with);
  drawn.layer.push(...guessed(c));
  charts.draw($("guess-chart"), drawn);
}

function reveal() {
  const c = about();
  if (!c || offered.pairs < offered.of) return;
  $("revealed").classList.remove("covered");
  $("revealed").inert = false;
  const guess = Number($("guess-value").value), [low, high] = c.range;
  const say = (v) => `${number(v)} ${c.unit}`;
  $("guessed").textContent = low == null
    ? fill(words.guessed_one, { guess: say(guess), value: say(c.last) })
    : fill(words.guessed, { guess: say(guess), value: say(c.last), low: number(low), high: number(high) });
  const chart = document.querySelector(`[data-indicator="${c.name}"] .levels`);
  const drawn = structuredClone(c.spec);
  drawn.layer.push(...guessed(c));
  charts.draw(chart, drawn);
  chart.closest("figure").scrollIntoView({ block: "center" });
}

export function listen(latest, run) {
  $("guess").addEventListener("click", ({ target }) => {
    on = !on;
    target.setAttribute("aria-pressed", String(on));
    $("room").hidden = !on;
    const known = latest();
    cover();
    if (on && known) { offer(known); range(); }
    if (!on) { $("revealed").classList.remove("covered"); $("revealed").inert = false; }
  });
  $("guess-what").addEventListener("change", range);
  $("guess-value").addEventListener("change", sketch);
  $("guess-value").addEventListener("input", shown);
  $("reveal").addEventListener("click", reveal);
}
