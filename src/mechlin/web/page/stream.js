// One stream of answers at a time: a newer change closes the older stream, which ends its work on the server.
const page = Array.from(crypto.getRandomValues(new Uint8Array(9)), (b) => b.toString(36)).join("");
let current, turn = 0;

export function stop() { current?.abort(); current = undefined; }

export async function ask(query, on) {
  stop();
  const mine = (current = new AbortController());
  const alive = () => current === mine;
  try {
    const response = await fetch(`/stream?${query}${query ? "&" : ""}page=${page}.${++turn}`, { signal: mine.signal });
    if (!response.ok) {
      const told = await response.json().catch(() => ({ problems: [response.statusText] }));
      if (alive()) on.problem(told);
      return;
    }
    let text = "", ended = false;
    for (const reader = response.body.pipeThrough(new TextDecoderStream()).getReader(); ;) {
      const { value, done } = await reader.read();
      if (done || !alive()) break;
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
    if (error.name !== "AbortError" && alive()) on.failed(error);
  }
}
