// Puts the parts together: which tenant is shown, what is heard of it, its clock, and the state.
import { announce, one } from "./dom.js";
import * as coverage from "./coverage.js";
import * as faults from "./faults.js";
import * as journal from "./journal.js";
import * as state from "./state.js";
import * as work from "./work.js";
import { ask, listen, of } from "./wire.js";

const WORDS = { live: "live", lost: "connection lost, trying again", waiting: "waiting for a first request" };

let tenant = null;
let watching = new AbortController();

function link(state) {
  one("link").dataset.state = state;
  one("link").textContent = WORDS[state];
}

function trouble(error) {
  one("trouble").hidden = !error;
  one("trouble").textContent = error ? error.message : "";
}

function clock({ now, frozen }) {
  one("now").textContent = now.slice(0, 19).replace("T", " ");
  one("now").dateTime = now;
  one("freeze").setAttribute("aria-pressed", String(frozen));
  work.moved({ now });
}

function watch(name) {
  watching.abort();
  watching = new AbortController();
  const { signal } = watching;
  tenant = name;
  journal.begin(name);
  work.begin(name);
  coverage.begin(name);
  faults.begin(name);
  if (name === null) {
    one("now").textContent = "no tenant yet";
    link("waiting");
    return;
  }
  const hear = (kind, value) => {
    if (signal.aborted) return;
    if (kind !== "gone") faults.look();
    if (kind === "hello") Promise.all([journal.load(name), work.load(name)]).catch(trouble);
    else if (kind === "exchange") journal.add(value);
    else if (kind === "job" || kind === "session") work.changed(kind, value);
    else if (kind === "job-gone" || kind === "session-gone") work.gone(kind.slice(0, -5), value.id);
    else if (kind === "clock") clock(value);
    else if (kind === "dropped") announce(`${value.count} exchanges were passed over`);
    else if (kind === "reset" || kind === "gone") {
      journal.begin(name);
      work.begin(name);
      if (kind === "gone") tenants();
    }
  };
  listen(name, signal, hear, link);
}

async function tenants() {
  const { tenants: names } = await ask("tenants");
  const listed = [...one("tenant").options].map((option) => option.value);
  if (names.join("\n") !== listed.join("\n")) {
    one("tenant").replaceChildren(...names.map((name) => new Option(name, name)));
    if (tenant !== null && names.includes(tenant)) one("tenant").value = tenant;
  }
  for (const id of ["tenant", "reset", "freeze", "advance"]) one(id).disabled = names.length === 0;
  if (tenant === null || !names.includes(tenant)) {
    const next = names[0] ?? null;
    if (next !== tenant || next === null) watch(next);
  }
}

async function steer(action, body, words) {
  trouble(null);
  try {
    clock(await ask(of(tenant, `clock/${action}`), body));
    announce(words);
  } catch (error) {
    trouble(error);
  }
}

one("tenant").addEventListener("change", (event) => {
  trouble(null);
  watch(event.target.value);
  announce(`Tenant ${event.target.value}`);
});
one("freeze").addEventListener("click", () => {
  const frozen = one("freeze").getAttribute("aria-pressed") === "true";
  steer(frozen ? "unfreeze" : "freeze", {}, frozen ? "The clock goes on" : "The clock is frozen");
});
one("clock").addEventListener("submit", (event) => {
  event.preventDefault();
  const by = Number(one("amount").value) * Number(one("unit").value);
  steer("advance", { seconds: by }, `The clock moved by ${by} seconds`);
});
one("reset").addEventListener("click", () => {
  if (!confirm(`Forget everything of tenant ${tenant}?`)) return;
  ask("reset", { tenant }).then(tenants).catch(trouble);
});

state.start(trouble, tenants);
journal.start();
coverage.start();
faults.start(trouble);

// New tenants come with their first request, which the stream of another does not tell.
async function follow() {
  try {
    await tenants();
  } catch {
    link("lost");
  }
  setTimeout(follow, 2000);
}
follow();
