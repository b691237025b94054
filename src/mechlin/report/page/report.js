"use strict";
// Draws every chart when it comes near the screen, redraws when light turns dark, and moves all maps by one slider.
(() => {
  const specs = JSON.parse(document.getElementById("charts").textContent);
  const shapes = JSON.parse(document.getElementById("shapes").textContent);
  for (const place of document.querySelectorAll("[data-map]")) {
    specs[place.dataset.chart].data.values.features.forEach((area, n) => { area.geometry = shapes[n]; });
  }
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const drawn = new Map();
  const slider = document.getElementById("year");

  const look = () => {
    const css = getComputedStyle(document.documentElement);
    const ink = css.getPropertyValue("--ink").trim(), line = css.getPropertyValue("--line").trim();
    return {
      background: null, font: "system-ui, sans-serif", view: { stroke: null },
      axis: { labelColor: ink, titleColor: ink, gridColor: line, domainColor: line, tickColor: line,
              labelFontSize: 12, titleFontSize: 12, titleFontWeight: "normal" },
      legend: { labelColor: ink, titleColor: ink, labelFontSize: 12, titleFontSize: 12, titleFontWeight: "normal" },
    };
  };

  const draw = async (place) => {
    const name = place.dataset.chart;
    drawn.get(name)?.finalize();
    const options = { mode: "vega-lite", actions: { export: true, source: false, compiled: false, editor: false },
                      renderer: "svg", config: look(), tooltip: { theme: dark.matches ? "dark" : "light" } };
    const result = await vegaEmbed(place, specs[name], options);
    drawn.set(name, result);
    if (slider && place.dataset.map) result.view.signal("year", Number(slider.value)).run();
  };

  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (entry.isIntersecting && !drawn.has(entry.target.dataset.chart)) draw(entry.target);
    }
  }, { rootMargin: "400px" });
  const places = document.querySelectorAll("[data-chart]");
  places.forEach((place) => seen.observe(place));

  dark.addEventListener("change", () => places.forEach((p) => drawn.has(p.dataset.chart) && draw(p)));
  addEventListener("beforeprint", () => places.forEach((p) => drawn.has(p.dataset.chart) || draw(p)));
  slider?.addEventListener("input", () => {
    document.getElementById("year-shown").textContent = slider.value;
    document.querySelectorAll("[data-map]").forEach((p) =>
      drawn.get(p.dataset.chart)?.view.signal("year", Number(slider.value)).run());
  });
})();
