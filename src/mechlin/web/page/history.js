// Undo, redo and the browser's Back are one: every change is an entry of the browser's own history.
import { state } from "./state.js";

const $ = (id) => document.getElementById(id);
let at = history.state?.at ?? 0, last = at;

function buttons() {
  $("undo").disabled = at === 0;
  $("redo").disabled = at >= last;
}

// Enter what the page now shows: as a new entry, or in place of the one that it stands on.
export function enter(url, isNew) {
  if (isNew) last = at += 1;
  const here = { at, scenario: structuredClone(state) };
  if (isNew) history.pushState(here, "", url); else history.replaceState(here, "", url);
  buttons();
}

export function listen(moved) {
  $("undo").addEventListener("click", () => history.back());
  $("redo").addEventListener("click", () => history.forward());
  addEventListener("popstate", ({ state: entry }) => {
    if (!entry?.scenario) { enter(location.href, false); return; }  // a link within the page
    at = entry.at;
    last = Math.max(last, at);
    Object.assign(state, structuredClone(entry.scenario));
    buttons();
    moved();
  });
}
