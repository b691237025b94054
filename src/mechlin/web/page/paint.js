// A chart is drawn when somebody comes near, and drawn anew where it stands when its numbers change.
import * as charts from "./charts.js";

export const seen = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    target.near = isIntersecting;
    if (isIntersecting) paint(target);
  }
}, { rootMargin: "300px" });

export function place(target, spec) {
  target.spec = spec;
  target.late = true;
  if (target.near) paint(target);
}

export async function paint(target) {
  if (!target.late || !target.spec || target.busy) return;
  target.busy = true;
  target.late = false;
  try {
    const result = await charts.draw(target, target.spec);
    target.whenDrawn?.(result.view);
    target.dataset.painted = document.body.dataset.pairs ?? 0;
  } finally { target.busy = false; }
  if (target.late) paint(target);
}

export const repaint = () => document.querySelectorAll(".chart").forEach((c) => { if (c.spec) place(c, c.spec); });
export const paintAll = () => document.querySelectorAll(".chart").forEach((c) => { c.near = true; paint(c); });

export function element(tag, text, kind) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  if (kind) made.className = kind;
  return made;
}
