// The scenario on the page, and its address: only what differs from what the page opens with.
export const start = JSON.parse(document.getElementById("start").textContent);
export const words = start.words;
export const state = structuredClone(start.scenario);

export const same = (a, b) => {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || !a || !b) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((k) => same(a[k], b[k]));
};

const text = (value) =>
  typeof value === "object" ? Object.entries(value).map(([m, v]) => `${m}:${text(v)}`).join(",")
  : typeof value === "boolean" ? String(Number(value)) : String(value);

const AS_JSON = ["areas", "doubt"];  // settings that are neither a number nor numbers by month
const told = (key, value) => AS_JSON.includes(key) ? JSON.stringify(value) : text(value);

export function query(from = state) {
  const base = start.presets[from.base], first = start.opens_with, out = [];
  const put = (key, value) => out.push(`${key}=${encodeURIComponent(value).replaceAll("%2C", ",").replaceAll("%3A", ":")}`);
  if (from.base !== first.base) put("base", from.base);
  if (from.against !== first.against) put("against", from.against);
  const off = Object.keys(base).filter((name) => !(name in from.settings));
  if (off.length) put("off", off.join(","));
  const on = Object.keys(from.settings).filter((n) => !(n in base) && !Object.keys(from.settings[n]).length);
  if (on.length) put("on", on.join(","));
  for (const [name, values] of Object.entries(from.settings)) {
    if (same(values, base[name])) continue;
    if (Array.isArray(values)) {
      values.forEach((phase, n) => Object.entries(phase).forEach(([k, v]) => put(`${name}.${n + 1}.${k}`, told(k, v))));
      continue;
    }
    const was = Array.isArray(base[name]) ? base[name][0] : base[name] ?? {};
    for (const [k, v] of Object.entries(values)) if (!(k in was) || !same(was[k], v)) put(`${name}.${k}`, told(k, v));
    for (const k of Object.keys(was)) if (!(k in values)) put(`${name}.${k}`, "-");
  }
  if (from.until !== first.until) put("until", from.until);
  if (from.runs !== first.runs) put("runs", from.runs);
  if (from.title) put("title", from.title);
  if (from.show.length) put("show", from.show.join(","));
  if (from.map) put("map", from.map);
  return out.join("&");
}

export function number(value, decimals) {
  const size = Math.abs(value);
  const most = decimals ?? (size >= 1000 || Number.isInteger(value) ? 0 : size >= 10 ? 1 : 3);
  return new Intl.NumberFormat(start.locale, { maximumFractionDigits: most }).format(value).replace("-", "−");
}

export const fill = (form, values) => form.replace(/\{(\w+)\}/g, (_, key) => values[key]);

export function packageText() {
  const value = (v, k) => Array.isArray(v) ? `[${v.map((one) => value(one)).join(", ")}]`
    : typeof v === "object" ? `{ ${Object.entries(v).map(([m, n]) => `"${m}" = ${value(n)}`).join(", ")} }`
    : typeof v === "string" && k !== "start" && k !== "end" ? JSON.stringify(v) : String(v);
  const tables = Object.keys(state.settings).sort().map((name) =>
    [state.settings[name]].flat().map((phase) => [Array.isArray(state.settings[name]) ? `[[${name}]]` : `[${name}]`,
      ...Object.entries(phase).map(([k, v]) => `${k} = ${value(v, k)}`)].join("\n")).join("\n\n"));
  return tables.join("\n\n") + "\n";
}

// Whether the package is one that has a name, so that no file is needed.
export const named = () => start.titles[state.base] && same(state.settings, start.presets[state.base])
  && (state.base === "nothing" || !state.base.endsWith("-only")) && !state.title;
