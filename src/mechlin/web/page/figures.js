// The figures of the page: what the package adds first, the levels below it, the numbers behind both.
import { start, words, number } from "./state.js";
import * as charts from "./charts.js";
import { seen, place, element } from "./paint.js";

const $ = (id) => document.getElementById(id);
const figures = new Map();
export const any = () => figures.size > 0;

const levels = (figure) => figure.querySelector(".levels"), gap = (figure) => figure.querySelector(".gap");

function canvas(kind) {
  const chart = element("div", undefined, `chart ${kind}`);
  chart.setAttribute("role", "img");
  seen.observe(chart);
  return chart;
}

function newFigure(name, kinds = ["gap", "levels"]) {
  const figure = element("figure");
  figure.dataset.indicator = name;
  const more = element("details", undefined, "numbers");
  more.append(element("summary", start.page_words.numbers), element("div", undefined, "scroll"), element("dl"));
  const buttons = element("p", undefined, "save");
  const save = { CSV: () => charts.saveText(`${name}.csv`, csv(figure), "text/csv"),
    PNG: () => charts.savePicture(`${name}.png`, figure.querySelector(".chart"), figure.querySelector("h3").textContent) };
  for (const [kind, action] of Object.entries(save)) {
    const button = element("button", kind);
    button.type = "button";
    button.addEventListener("click", action);
    buttons.append(button);
  }
  figure.append(element("h3"), ...kinds.map(canvas), element("figcaption"), buttons, more);
  more.addEventListener("toggle", () => more.open && fillTable(figure));
  return figure;
}

// All numbers behind a figure: both worlds, what was observed, and the difference, which is drawn first.
function rowsOf(figure) {
  const between = gap(figure) ? charts.rowsOf(gap(figure).spec).filter((r) => r.year !== undefined) : [];
  return [...charts.rowsOf(levels(figure).spec), ...between.map((r) => ({ world: start.page_words.difference, ...r }))];
}

const csv = (figure) => charts.csv(rowsOf(figure));

function fillTable(figure) {
  const rows = rowsOf(figure), table = element("table"), body = element("tbody");
  const scroll = figure.querySelector(".scroll");
  scroll.tabIndex = 0;
  scroll.setAttribute("role", "region");
  scroll.setAttribute("aria-label", `${start.page_words.numbers}: ${levels(figure).dataset.title}`);
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

export function paintFigures(all) {
  for (const [name, figure] of figures) if (!all.some((c) => c.name === name)) { figure.remove(); figures.delete(name); }
  for (const c of all) {
    if (!figures.has(c.name)) figures.set(c.name, newFigure(c.name));
    const figure = figures.get(c.name);
    if (figure.parentElement !== $("charts")) $("charts").append(figure);
    figure.querySelector("h3").textContent = c.clear ? c.sentence : c.title;
    figure.querySelector("figcaption").textContent = [c.clear ? "" : c.sentence && `${c.sentence}.`, c.below, c.spread, c.rests].filter(Boolean).join(" ");
    levels(figure).dataset.title = c.title;
    gap(figure).setAttribute("aria-label", `${c.title}, ${start.page_words.difference}. ${c.sentence}`);
    levels(figure).setAttribute("aria-label", `${c.title}, ${words.with}, ${words.without}`);
    figure.querySelector("dl").replaceChildren(...c.card.flatMap(([word, text]) => [element("dt", word), element("dd", text)]));
    place(gap(figure), c.difference);
    place(levels(figure), c.spec);
    if (figure.querySelector("details").open) fillTable(figure);
  }
}

export function paintCosts(spec) {
  const box = $("costs");
  if (!spec) { box.replaceChildren(); return; }
  if (!box.firstElementChild) {
    const figure = newFigure("costs", ["levels"]);
    figure.querySelector("details").remove();
    figure.querySelector("h3").textContent = start.page_words.costs;
    levels(figure).setAttribute("aria-label", start.page_words.costs);
    box.append(figure);
  }
  place(levels(box), spec);
}
