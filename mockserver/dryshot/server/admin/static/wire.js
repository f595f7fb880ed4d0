// The admin API, and its events. The token goes in a header, which no other site can set.

const token = document.querySelector("meta[name=dryshot-token]").content;

async function call(method, path, body) {
  const answer = await fetch(`api/${path}`, {
    method,
    headers: { "X-Dryshot-Token": token, ...(body !== undefined && { "Content-Type": "application/json" }) },
    body,
  });
  if (answer.ok) return answer;
  const { error, dryshot } = await answer.json();
  throw new Error(error?.message ?? dryshot?.detail ?? `it answered ${answer.status}`);
}

export async function ask(path, body) {
  const answer = body === undefined ? call("GET", path) : call("POST", path, JSON.stringify(body));
  return (await answer).json();
}

export const drop = async (path) => (await call("DELETE", path)).json();

export const load = async (path) => (await call("GET", path)).blob();

export const put = async (path, file) => (await call("PUT", path, file)).json();

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
