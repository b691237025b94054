// The controls and the scenario, each following the other. Moving a label is instant; only a change starts work.
import { start, state, words, same, number, fill } from "./state.js";

const went = start.presets["as-it-went"] ?? {};
const form = document.getElementById("controls");
const months = new Intl.DateTimeFormat(start.locale, { month: "short", year: "numeric", timeZone: "UTC" });
const spoken = (month) => months.format(new Date(`${month}-01T00:00:00Z`));
const first = Number(start.start.slice(0, 4));

const mean = (v) => {
  const all = Object.values(v);
  return Number((all.reduce((a, b) => a + b, 0) / Math.max(all.length, 1)).toPrecision(3));
};
// A measure in phases is shown by its first, and has only that one once it is moved by hand.
const one = (values) => Array.isArray(values) ? values[0] : values;
const given = (name, dose) => one(state.settings[name])?.[dose];
const shown = (name, dose) => {
  const value = given(name, dose);
  return typeof value === "object" ? mean(value) : value ?? start.measures[name].defaults[dose];
};

function bandOf(name) {
  const m = start.measures[name], doses = Object.keys(m.units), own = state.settings[name];
  if (!own) return "none";
  if (Array.isArray(own)) return same(own, went[name]) ? "usual" : "";
  const usual = doses.every((d) => same(own[d], one(went[name])?.[d]) || (!went[name] && shown(name, d) === m.bands.usual[d]));
  if (usual) return "usual";
  return ["pilot", "large", "none"].find((band) => doses.every((d) => typeof own[d] !== "object" && shown(name, d) === m.bands[band][d])) ?? "";
}

// A range by month is about the numbers of those months: moved by hand, a dose has none.
function undoubted(own) {
  for (const [dose, range] of Object.entries(own.doubt ?? {})) {
    if (!Array.isArray(range) && typeof own[dose] !== "object") delete own.doubt[dose];
  }
  return own;
}

export function setBand(name, band) {
  if (band === "usual" && Array.isArray(went[name])) { state.settings[name] = structuredClone(went[name]); return; }
  const own = one(state.settings[name] ?? structuredClone(went[name] ?? {}));
  if (band === "none") { delete state.settings[name]; return; }
  if (band === "usual") {
    for (const dose of Object.keys(start.measures[name].units)) {
      delete own[dose];
      if (went[name]?.[dose] !== undefined) own[dose] = structuredClone(went[name][dose]);
    }
  } else Object.assign(own, start.measures[name].bands[band]);
  state.settings[name] = undoubted(own);
}

function said(name, dose, value, isSeries) {
  const unit = start.measures[name].units[dose];
  return fill(isSeries ? words.series : words.steady, { n: number(value), unit: unit === "0 or 1" ? "" : unit });
}

function fillDates(select, name) {
  const value = one(state.settings[name])?.[select.dataset.date] ?? "";
  const last = Number(state.until.slice(0, 4));
  const options = select.dataset.date === "end" ? [["", words.no_end]] : [];
  if (select.dataset.date === "start" && !value) options.push(["", spoken(start.start)]);
  for (let year = first; year <= last; year++) {
    const month = `${year}-${select.dataset.date === "end" ? "12" : "01"}`;
    options.push([month, spoken(month)]);
  }
  if (value && !options.some(([v]) => v === value)) options.push([value, spoken(value.length === 4 ? `${value}-01` : value)]);
  const order = ([v]) => v || (select.dataset.date === "end" ? "9" : "0");
  options.sort((a, b) => (order(a) < order(b) ? -1 : 1));
  select.replaceChildren(...options.map(([v, t]) => new Option(t, v, false, v === value)));
  select.value = value;
}

const monthOf = (text) => text.length === 4 ? `${text}-01` : text;

// Why a measure that is on changes nothing, as far as its settings tell; "" where they do not.
function idle(name) {
  const own = state.settings[name], m = start.measures[name];
  if (!own) return "";
  const phases = [own].flat();
  if (phases.every((p) => monthOf(p.start ?? start.start) > state.until || (p.end && monthOf(p.end) < start.start))) return words.idle_dates;
  const is = (p, d) => p[d] ?? m.defaults[d];
  const none = (p) => Object.keys(m.units).length > 0 && Object.keys(m.units).every((d) => {
    const value = is(p, d);
    return (typeof value === "object" ? Object.values(value) : [value]).every((v) => v === m.bands.none[d]);
  });
  if (phases.every(none)) return words.idle_size;
  return same(own, start.presets[state.against]?.[name]) ? words.idle_same : "";
}

let touched = {};
export function notes(found) {
  touched = found;
  tell();
}

function tell() {
  for (const field of form.querySelectorAll("[data-measure]")) {
    const name = field.dataset.measure, why = idle(name), note = field.querySelector(".idle");
    const text = why ? fill(words.idle, { why }) : name in state.settings ? touched[name] ?? "" : "";
    note.hidden = !text;
    note.textContent = text;
    const areas = one(state.settings[name])?.areas, where = field.querySelector(".only");
    where.hidden = !areas?.length;
    if (areas?.length) where.querySelector("span").textContent = fill(words.only, { area: areas.map((code) => start.areas[code] ?? code).join(", ") });
  }
}

function sift(text) {
  const wanted = text.trim().toLowerCase();
  let any = false;
  for (const pillar of form.querySelectorAll("[data-pillar]")) {
    let here = false;
    for (const field of pillar.querySelectorAll("[data-measure]")) {
      const fits = !wanted || field.textContent.toLowerCase().includes(wanted);
      field.hidden = !fits;
      here ||= fits;
    }
    pillar.hidden = !here;
    if (wanted && here) pillar.open = true;
    any ||= here;
  }
  document.getElementById("none-found").hidden = any;
}

export function show() {
  touched = {};
  tell();
  document.getElementById("reset").disabled = same(state.settings, start.presets[state.base]);
  for (const field of form.querySelectorAll("[data-measure]")) {
    const name = field.dataset.measure, on = name in state.settings, band = bandOf(name);
    field.classList.toggle("off", !on);
    field.querySelector("[role=switch]").checked = on;
    field.querySelectorAll("[type=radio]").forEach((radio) => { radio.checked = radio.value === band; });
    field.querySelectorAll("[data-dose]").forEach((slider) => {
      const dose = slider.dataset.dose, value = on ? shown(name, dose) : start.measures[name].bands.none[dose];
      if (value > Number(slider.max)) slider.max = value;
      slider.value = value;
      field.querySelector(`[data-exact="${dose}"]`).value = Number(Number(value).toPrecision(6));
      const text = on ? said(name, dose, value, typeof given(name, dose) === "object") : words.off;
      slider.previousElementSibling.textContent = text;
      slider.setAttribute("aria-valuetext", text);
    });
    field.querySelectorAll("[data-date]").forEach((select) => fillDates(select, name));
    const note = field.querySelector(".phases"), own = state.settings[name];
    note.hidden = !(Array.isArray(own) && own.length > 1);
    note.textContent = note.hidden ? "" : fill(words.phases, { n: own.length });
  }
  for (const pillar of form.querySelectorAll("[data-pillar]")) {
    const all = pillar.querySelectorAll("[role=switch]"), on = [...all].filter((box) => box.checked).length;
    pillar.querySelector(".count").textContent = `${on} / ${all.length}`;
  }
  for (const id of ["base", "against", "until", "runs"]) {
    const select = document.getElementById(id), value = String(state[id]);
    if (![...select.options].some((o) => o.value === value)) select.add(new Option(value, value));
    select.value = value;
  }
  const changed = !same(state.settings, start.presets[state.base]);
  const option = document.getElementById("base").selectedOptions[0];
  option.textContent = start.base_words[state.base] + (changed ? ` (${words.changed})` : "");
}

export function money(amounts) {
  form.querySelectorAll("[data-measure]").forEach((field) => {
    field.querySelector(".money").textContent = amounts[field.dataset.measure] ?? "";
  });
}

// The scenario as it would be if the slider were let go here.
function moved(name, dose, value) {
  const then = structuredClone(state), own = one(then.settings[name] ?? structuredClone(went[name] ?? {}));
  own[dose] = value;
  then.settings[name] = undoubted(own);
  return then;
}

export function listen(changed, moving) {
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", ({ target }) => {
    if (target.dataset.dose) {
      const field = target.closest("[data-measure]"), name = field.dataset.measure;
      field.querySelector(`[data-exact="${target.dataset.dose}"]`).value = target.value;
      const text = said(name, target.dataset.dose, Number(target.value), false);
      target.previousElementSibling.textContent = text;
      target.setAttribute("aria-valuetext", text);
      moving(moved(name, target.dataset.dose, Number(target.value)));
    }
  });
  document.getElementById("sift").addEventListener("input", ({ target }) => sift(target.value));
  form.addEventListener("click", ({ target }) => {
    if (!target.matches(".only button")) return;
    for (const phase of [state.settings[target.closest("[data-measure]").dataset.measure]].flat()) delete phase.areas;
    changed();
  });
  form.addEventListener("change", ({ target }) => {
    if (["sift", "keep-name"].includes(target.id) || target.closest(".kept")) return;
    const name = target.closest("[data-measure]")?.dataset.measure;
    if (target.id === "upload") return;
    if (target.dataset.exact) {
      if (target.value === "" || !target.checkValidity()) { target.reportValidity(); return; }
      state.settings[name] = one(state.settings[name] ?? structuredClone(went[name] ?? {}));
      state.settings[name][target.dataset.exact] = Number(target.value);
    } else if (target.dataset.dose) {
      state.settings[name] = one(state.settings[name] ?? structuredClone(went[name] ?? {}));
      state.settings[name][target.dataset.dose] = Number(target.value);
      undoubted(state.settings[name]);
    } else if (target.dataset.date) {
      state.settings[name] = one(state.settings[name] ?? structuredClone(went[name] ?? {}));
      if (target.value) state.settings[name][target.dataset.date] = target.value;
      else delete state.settings[name][target.dataset.date];
    } else if (target.role === "switch" || target.getAttribute("role") === "switch") setBand(name, target.checked ? "usual" : "none");
    else if (target.type === "radio") setBand(name, target.value);
    else if (target.id === "base") {
      state.base = target.value;
      state.settings = structuredClone(start.presets[state.base]);
      state.title = "";
    } else if (target.id === "runs") state.runs = Number(target.value);
    else if (target.id) state[target.id] = target.value;
    changed();
  });
}
