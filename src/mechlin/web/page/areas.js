// The card of an area on the map: with, without, how sure, and the measures that may be held to it.
import { start, state, words, number, fill } from "./state.js";

const $ = (id) => document.getElementById(id);
let shown, chosen = -1, changed;

const one = (values) => Array.isArray(values) ? values[0] : values;

export function offer(map) {
  shown = map;
  if (chosen >= 0) card();
}

export const again = () => card();
export const choose = (index) => { chosen = index; card(); };

function card() {
  const box = $("area"), year = Number($("year").value) - shown.years[0];
  const value = (what) => shown.areas[what][year]?.[chosen];
  const say = (v, behind = " %") => v == null ? "–" : `${number(v)}${shown.unit === "%" ? behind : ""}`;
  const points = (v) => say(v, ` ${start.page_words.points}`);
  box.hidden = false;
  const rows = [[words.with, say(value("with"))], [words.without, say(value("without"))],
    [start.page_words.difference, shown.pairs > 1 ? fill(words.from_to, { value: points(value("difference")), low: say(value("low"), ""), high: say(value("high"), "") }) : points(value("difference"))],
    [start.page_words.told, value("clear") ? words.told : shown.provisional ? words.provisional : words.not_told],
    [start.page_words.tables, shown.tags[chosen]]];
  box.querySelector("h3").textContent = `${shown.names[chosen]} · ${$("year").value}`;
  box.querySelector("dl").replaceChildren(...rows.flatMap(([word, text]) => [made("dt", word), made("dd", text)]));
  const code = shown.codes[chosen], fields = [];
  for (const [name, measure] of Object.entries(start.measures)) {
    if (!measure.by_area || !(name in state.settings) || Array.isArray(state.settings[name])) continue;
    const label = made("label", ""), box_ = Object.assign(document.createElement("input"), { type: "checkbox" });
    box_.checked = (one(state.settings[name]).areas ?? []).includes(code);
    box_.addEventListener("change", () => hold(name, code, box_.checked));
    label.append(box_, ` ${measure.title}`);
    fields.push(label);
  }
  box.querySelector(".hold").replaceChildren(...fields);
}

function made(tag, text) { return Object.assign(document.createElement(tag), { textContent: text }); }

// A measure without areas acts in the whole city; with some it acts in these alone.
function hold(name, code, on) {
  const own = state.settings[name], areas = new Set(own.areas ?? []);
  if (on) areas.add(code); else areas.delete(code);
  if (areas.size) own.areas = [...areas].sort(); else delete own.areas;
  changed();
}

export function listen(then) {
  changed = then;
  $("area-close").addEventListener("click", () => { chosen = -1; $("area").hidden = true; });
}
