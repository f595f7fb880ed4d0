// The admin API, and its events. The token goes in a header, which no other site can set.

const token = document.querySelector("meta[name=dryshot-token]").content;

export async function ask(path, body) {
  const posting = body !== undefined;
  const answer = await fetch(`api/${path}`, {
    method: posting ? "POST" : "GET",
    headers: { "X-Dryshot-Token": token, ...(posting && { "Content-Type": "application/json" }) },
    body: posting ? JSON.stringify(body) : undefined,
  });
  const value = await answer.json();
  if (!answer.ok) throw new Error(value.error.message);
  return value;
}

export const of = (tenant, path) => `tenants/${encodeURIComponent(tenant)}/${path}`;

// Calls hear(name, value) for each event until the signal aborts; state(word) tells of the link.
export async function listen(tenant, signal, hear, state) {
  let last = null;
  let wait = 500;
  while (!signal.aborted) {
    try {
      const headers = { "X-Dryshot-Token": token };
      if (last !== null) headers["Last-Event-ID"] = last;
      const path = `api/events?tenant=${encodeURIComponent(tenant)}`;
      const answer = await fetch(path, { headers, signal });
      if (answer.status === 404) return hear("gone", {});
      if (!answer.ok) throw new Error(`events: ${answer.status}`);
      state("live");
      wait = 500;
      for await (const event of read(answer.body, signal)) {
        if (event.id !== null) last = event.id;
        if (event.name) hear(event.name, event.value);
      }
    } catch (error) {
      if (signal.aborted) return;
    }
    if (signal.aborted) return;
    state("lost");
    await new Promise((go) => setTimeout(go, wait));
    wait = Math.min(wait * 2, 5000);
  }
}

async function* read(stream, signal) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!signal.aborted) {
    const { done, value } = await reader.read();
    if (done) return;
    text += value;
    const blocks = text.split("\n\n");
    text = blocks.pop();
    for (const block of blocks) {
      const event = { id: null, name: "", value: null };
      for (const line of block.split("\n")) {
        if (line.startsWith("id: ")) event.id = line.slice(4);
        else if (line.startsWith("event: ")) event.name = line.slice(7);
        else if (line.startsWith("data: ")) event.value = JSON.parse(line.slice(6));
      }
      yield event;
    }
  }
}
