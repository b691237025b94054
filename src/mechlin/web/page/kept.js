// Packages kept in this browser by a name, and two or three of them side by side.
import { start, state, words, query } from "./state.js";

const $ = (id) => document.getElementById(id);
const place = `packages:${start.city}`;
const MOST = 40;
let asking;

function kept() {
  try {
    const found = JSON.parse(localStorage.getItem(place) ?? "[]");
    return Array.isArray(found) ? found.filter((one) => typeof one?.name === "string" && typeof one?.scenario?.settings === "object") : [];
  } catch { return []; }
}

function keep(all) {
  try { localStorage.setItem(place, JSON.stringify(all.slice(-MOST))); } catch { /* a private window keeps nothing */ }
  show();
}

function element(tag, text, on) {
  const made = Object.assign(document.createElement(tag), { textContent: text });
  if (tag === "button") made.type = "button";
  if (on) made.addEventListener("click", on);
  return made;
}

let open;
function show() {
  $("kept-list").replaceChildren(...kept().map((one, n) => {
    const row = element("li", ""), choose = element("label", "");
    const box = Object.assign(document.createElement("input"), { type: "checkbox", value: n });
    choose.append(box, ` ${one.name}`);
    row.append(choose, " ", element("button", start.page_words.open, () => open(one.scenario)), " ",
      element("button", start.page_words.remove, () => keep(kept().filter((_, m) => m !== n))));
    return row;
  }));
  $("side-by-side").disabled = !kept().length;
}

async function sideBySide() {
  const chosen = [...$("kept-list").querySelectorAll(":checked")].map((box) => kept()[Number(box.value)]);
  $("beside").hidden = false;
  if (chosen.length < 2 || chosen.length > 3) { $("beside-table").textContent = words.choose; return; }
  asking?.abort();
  asking = new AbortController();
  $("beside-table").textContent = words.first;
  const packages = chosen.map(({ name, scenario }) => ({ name, query: query({ ...scenario, until: state.until, runs: state.runs, against: state.against }) }));
  try {
    const response = await fetch(`/side-by-side?lang=${start.lang}`, { method: "POST", body: JSON.stringify(packages), signal: asking.signal });
    const found = await response.json();
    if (response.ok) $("beside-table").innerHTML = found.html;
    else $("beside-table").textContent = found.problems.join(" ");
  } catch (error) { if (error.name !== "AbortError") $("beside-table").textContent = words.failed; }
}

export function listen(opened) {
  open = opened;
  $("keep").addEventListener("submit", (event) => event.preventDefault());
  $("keep-now").addEventListener("click", () => {
    const name = $("keep-name").value.trim() || state.title || start.base_words[state.base];
    keep([...kept().filter((one) => one.name !== name), { name, scenario: structuredClone(state) }]);
    $("keep-name").value = "";
  });
  $("side-by-side").addEventListener("click", sideBySide);
  addEventListener("storage", (event) => { if (event.key === place) show(); });  // another tab kept one
  show();
}
