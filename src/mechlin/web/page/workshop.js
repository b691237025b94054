// A page of a workshop stays up to date by itself: what somebody is writing stays, and a server that is gone is told.
const CALL_MS = Number(document.body.dataset.call) * 1000;
const main = () => document.querySelector("main");
const gone = document.getElementById("gone");
let sending = false;

async function fetched(url, options) {
  const response = await fetch(url, { cache: "no-store", ...options });
  if (response.status >= 500) throw new Error(response.statusText);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  if (!page.querySelector("main")) throw new Error("no page");
  gone.hidden = true;
  return { url: response.url, page };
}

// Another phase (of the round, or of the group in it) is another page; within one only what is marked as live changes.
function show(page, whole) {
  const now = main(), next = page.querySelector("main");
  if (whole || now.dataset.phase !== next.dataset.phase) { swap(now, next); return; }
  for (const part of now.querySelectorAll("[data-live]")) {
    const fresh = next.querySelector(`[data-live="${part.dataset.live}"]`);
    if (fresh && part.innerHTML !== fresh.innerHTML) refill(part, fresh);
  }
}

// A package that was being put together when the next question came is still on the table; the guess is not.
function swap(now, next) {
  const chosen = [...now.querySelectorAll("select[name^='m.']")].map((s) => [s.name, s.value]);
  now.replaceWith(document.adoptNode(next));
  if (now.dataset.round !== next.dataset.round) chosen.forEach(([name, value]) => {
    const select = next.querySelector(`select[name="${name}"]`);
    if (select) select.value = value;
  });
  scrollTo(0, 0);
  next.focus({ preventScroll: true });
}

function refill(part, fresh) {
  const at = document.activeElement, key = part.contains(at) ? at.dataset.key : undefined;
  part.replaceChildren(...document.adoptNode(fresh).childNodes);
  if (key) part.querySelector(`[data-key="${key}"]`)?.focus();
}

async function look() {
  if (sending || document.hidden) return;
  try {
    const { page } = await fetched(location.href);
    if (!sending) show(page, false);
  } catch { gone.hidden = false; }
}

// A form is sent without leaving the page, so that nothing written is lost when nobody answers, and nothing is sent twice.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  event.preventDefault();
  if (sending) return;
  sending = true;
  form.querySelectorAll("button").forEach((b) => { b.disabled = true; });
  try {
    const { url, page } = await fetched(location.href, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    if (new URL(url).pathname !== location.pathname) { location.assign(url); return; }
    show(page, true);
  } catch {
    gone.hidden = false;
    gone.scrollIntoView({ block: "nearest" });
  } finally {
    sending = false;
    form.querySelectorAll("button").forEach((b) => { b.disabled = false; });
  }
});

document.getElementById("print")?.addEventListener("click", () => print());

if (CALL_MS) {
  setInterval(look, CALL_MS);
  document.addEventListener("visibilitychange", look);
}
