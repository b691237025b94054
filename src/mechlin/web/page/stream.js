// One stream of answers at a time: a newer change closes the older stream, which ends its work on the server.
const page = Array.from(crypto.getRandomValues(new Uint8Array(9)), (b) => b.toString(36)).join("");
const SILENT_MS = 20_000; // a server that lives says something four times a second
const WAITS_S = [1, 2, 4, 8, 15]; // between two tries to reach a server that was gone
let current, turn = 0, waiting;

export function stop() {
  current?.abort();
  current = undefined;
  clearTimeout(waiting);
}

export async function ask(query, on) {
  stop();
  const mine = (current = new AbortController());
  const alive = () => current === mine;
  let watch, silent = false;
  const heard = () => {
    clearTimeout(watch);
    watch = setTimeout(() => { silent = true; mine.abort(); }, SILENT_MS);
  };
  heard();
  try {
    const response = await fetch(`/stream?${query}${query ? "&" : ""}page=${page}.${++turn}`, { signal: mine.signal });
    if (!response.ok) {
      const told = await response.json().catch(() => ({ problems: [response.statusText] }));
      if (alive()) (response.status >= 500 ? on.failed : on.problem)(told);
      return;
    }
    let text = "", ended = false;
    for (const reader = response.body.pipeThrough(new TextDecoderStream()).getReader(); ;) {
      const { value, done } = await reader.read();
      if (done || !alive()) break;
      heard();
      const events = (text + value).split("\n\n");
      text = events.pop();
      for (const event of events) {
        const [name, data] = event.split("\n");
        const kind = name.slice(7);
        ended ||= kind === "done" || kind === "problem" || kind === "stopped";
        if (alive()) on[kind]?.(JSON.parse(data.slice(6)));
      }
    }
    if (alive() && !ended) on.failed();
  } catch (error) {
    if (alive() && (silent || error.name !== "AbortError")) on.failed(error);
  } finally { clearTimeout(watch); }
}

// Try again and again, each time a little later, until the server answers; then say which version it is.
export function reconnect(waits, found, tries = 0) {
  clearTimeout(waiting);
  const seconds = WAITS_S[Math.min(tries, WAITS_S.length - 1)];
  waits(seconds);
  waiting = setTimeout(async () => {
    try {
      const response = await fetch("/health", { cache: "no-store" });
      if (!response.ok) throw new Error(response.statusText);
      found((await response.json()).version);
    } catch { reconnect(waits, found, tries + 1); }
  }, seconds * 1000);
}
