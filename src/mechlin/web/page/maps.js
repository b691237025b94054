// The two maps: one year of all, the names of the neighbourhoods, and a card for the one that is chosen.
import { start } from "./state.js";
import * as charts from "./charts.js";
import * as areas from "./areas.js";
import { seen, place } from "./paint.js";

const $ = (id) => document.getElementById(id);
let shapes;

const SHOWN = ["with", "difference"];
const asked = () => fetch(`/shapes/${start.stamp}`).then((r) => r.json()).catch((error) => { shapes = undefined; throw error; });

export async function paintMap(map) {
  $("where").hidden = !map;
  if (!map) return;
  const outlines = await (shapes ??= asked()), year = $("year");
  const [first, last] = map.years;
  if (Number(year.max) !== last || !year.dataset.set) {
    Object.assign(year, { min: first, max: last, value: last });
    year.dataset.set = "1";
    $("year-shown").textContent = last;
  }
  $("map").value = map.name;
  areas.offer(map);
  for (const show of SHOWN) {
    const spec = map.specs[show], target = $(`map-${show}`);
    spec.data.values.features.forEach((area, n) => { area.geometry = outlines[n]; area.properties.n = n; });
    target.setAttribute("aria-label", map.title);
    target.whenDrawn = (view) => shown(target, view, map);
    seen.observe(target);
    place(target, spec);
  }
}

// What a map gets once it is drawn: the year of the slider, a card on a click, names of neighbourhoods.
function shown(target, view, map) {
  view.signal("year", Number($("year").value)).run();
  view.addEventListener("click", (_, item) => {
    const n = item?.datum?.properties?.n;
    if (n !== undefined) areas.choose(n);
  });
  name(target, map);
  view.addResizeListener(() => name(target, map));
}

const pen = document.createElement("canvas").getContext("2d");
const LINE = 13, WIDER = 1.5;  // pixels of a line of a name; how many times wider than its area a name may be
const FIRST = 3;  // areas that are named however small they are: those where the number is highest

// Names stand in the middle of their areas, large areas first; one that would lie over another is left out.
function name(target, { names, areas: values }) {
  target.querySelector(".names")?.remove();
  const layer = document.createElement("div"), box = target.getBoundingClientRect(), taken = [];
  layer.className = "names";
  layer.setAttribute("aria-hidden", "true");
  pen.font = "11px system-ui, sans-serif";
  const last = values.with.at(-1), high = last.filter((v) => v !== null).sort((a, b) => b - a)[FIRST - 1] ?? Infinity;
  const large = ({ n, at }) => (last[n] >= high ? 1e6 + last[n] : 0) + at.width * at.height;
  const paths = [...target.querySelectorAll(".mark-shape path")].slice(0, names.length).map((path, n) => ({ n, at: path.getBoundingClientRect() }));
  for (const { n, at } of paths.sort((a, b) => large(b) - large(a))) {
    const wide = pen.measureText(names[n]).width + 4, left = at.left - box.left + at.width / 2 - wide / 2, top = at.top - box.top + at.height / 2 - LINE / 2;
    const mine = { left, top, right: left + wide, bottom: top + LINE };
    const off = left < 0 || mine.right > box.width || (last[n] < high && (wide > at.width * WIDER || LINE > at.height));
    if (off || taken.some((t) => mine.left < t.right && mine.right > t.left && mine.top < t.bottom && mine.bottom > t.top)) continue;
    taken.push(mine);
    const text = document.createElement("span");
    text.textContent = names[n];
    text.style.cssText = `left:${left}px;top:${top}px`;
    layer.append(text);
  }
  target.append(layer);
}

export function listen() {
  $("year").addEventListener("input", ({ target }) => {
    $("year-shown").textContent = target.value;
    for (const show of SHOWN) charts.viewOf($(`map-${show}`))?.signal("year", Number(target.value)).run();
    if (!$("area").hidden) areas.again();
  });
}
