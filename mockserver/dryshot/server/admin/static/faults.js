// What goes wrong: faults of calls, troubles of the service, and scenarios, which are both.
import { announce, make, one } from "./dom.js";
import { ask, drop, of } from "./wire.js";

let tenant = null;
let kinds = new Map();
let scenarios = new Map();
let tell = null;
let timer = null;
let shown = "";

export function begin(name) {
  tenant = name;
  show([], []);
  look();
}

// Soon, and once for all that is heard until then.
export function look() {
  timer ??= setTimeout(refresh, 150);
}

async function refresh() {
  timer = null;
  const name = tenant;
  if (name === null) return;
  try {
    const [{ faults }, { trouble }] = await Promise.all([ask(of(name, "faults")), ask(of(name, "trouble"))]);
    if (name === tenant) show(faults, trouble);
  } catch {
    // the link to the server says so elsewhere
  }
}

function show(faults, trouble) {
  const text = JSON.stringify([faults, trouble]);
  one("faults-clear").disabled = faults.length + trouble.length === 0;
  if (text === shown) return;
  shown = text;
  const focused = document.activeElement?.dataset?.remove;
  one("faults").replaceChildren(...faults.map(fault), ...trouble.map(incident));
  one("faults-empty").hidden = faults.length + trouble.length > 0;
  one("faults-count").textContent = `${faults.length} faults, ${trouble.length} troubles`;
  if (focused) (one("faults").querySelector(`[data-remove="${focused}"]`) ?? one("faults-title")).focus();
}

const words = (given) => Object.entries(given).map(([name, value]) => `${name} ${JSON.stringify(value)}`).join(", ");

function fault(value) {
  const { kind, operation, times, ...rest } = value.fault;
  return row(value.name, words(rest), operation ?? "any call", value.hits, value.left ?? "for ever", `faults/${value.number}`);
}

function incident(value) {
  const { backend, start, end, ...rest } = value.arguments;
  const times = [start === undefined ? "" : `from ${start} s`, end === undefined ? "" : `until ${end} s`].filter(Boolean).join(" ");
  const state = value.state === "coming" ? "coming" : value.left ?? "until its end";
  return row(value.name, [words(rest), times && `${times} after it was set`].filter(Boolean).join(", "), backend ?? "the service", "", state, `trouble/${value.number}`);
}

function row(name, sub, place, hits, left, path) {
  const remove = make("button", { type: "button", "data-remove": path, "aria-label": `Remove ${name}` }, "Remove");
  remove.addEventListener("click", () => act(drop(of(tenant, path)), `${name} was removed`));
  return make("tr", { "data-set": path },
    make("td", {}, name, make("div", { class: "sub", title: sub }, sub)), make("td", {}, place),
    make("td", { class: "n hits" }, hits), make("td", { class: "n" }, left), make("td", { class: "n" }, remove));
}

async function act(doing, text) {
  tell(null);
  try {
    await doing;
    announce(text);
  } catch (error) {
    tell(error);
  }
  await refresh();
}

// A control for each field that a kind has; what is left empty is not sent.
function fields() {
  const { description, fields: listed } = kinds.get(one("fault-kind").value);
  one("fault-about").textContent = description;
  one("fault-fields").replaceChildren(...listed.map((field) => make("label", { title: field.description }, label(field.name), control(field))));
}

const label = (name) => `${name[0].toUpperCase()}${name.slice(1).replaceAll("_", " ")} `;

function control({ name, required, types, choices }) {
  const common = { "data-field": name, "data-type": types[0], required: required ? "" : null };
  if (choices.length) {
    return make("select", common, ...(required ? [] : [new Option("as usual", "")]), ...choices.map((one) => new Option(one, one)));
  }
  if (types[0] === "boolean") return make("input", { ...common, type: "checkbox" });
  if (types[0] === "pair") return make("input", { ...common, placeholder: "two numbers", pattern: "\\s*[0-9.]+[ ,]+[0-9.]+\\s*" });
  const number = types[0] === "integer" || types[0] === "number";
  return make("input", { ...common, type: number ? "number" : "text", step: types[0] === "number" ? "any" : null, min: number ? "0" : null });
}

function read(field) {
  if (field.type === "checkbox") return field.checked || undefined;
  if (field.value === "") return undefined;
  if (field.dataset.type === "pair") return field.value.trim().split(/[ ,]+/).map(Number);
  return field.type === "number" ? Number(field.value) : field.value;
}

function asked() {
  const body = { kind: one("fault-kind").value };
  for (const field of one("fault-fields").querySelectorAll("[data-field]")) {
    const value = read(field);
    if (value !== undefined) body[field.dataset.field] = value;
  }
  if (one("fault-operation").value) body.operation = one("fault-operation").value;
  if (one("fault-nth").value) body.nth = Number(one("fault-nth").value);
  else body.times = one("fault-times").value ? Number(one("fault-times").value) : null;
  return body;
}

async function learn() {
  const [{ kinds: listed, operations }, { scenarios: ready }] = await Promise.all([ask("fault-kinds"), ask("scenarios")]);
  kinds = new Map(listed.map((kind) => [kind.kind, kind]));
  scenarios = new Map(ready.map((scenario) => [scenario.name, scenario]));
  one("fault-kind").replaceChildren(...listed.map(({ kind }) => new Option(kind.replaceAll("_", " "), kind)));
  one("scenario-name").replaceChildren(...ready.map(({ name }) => new Option(name.replaceAll("-", " "), name)));
  one("operations").replaceChildren(...operations.map((name) => new Option(name, name)));
  fields();
  about();
}

function about() {
  one("scenario-about").textContent = scenarios.get(one("scenario-name").value).description;
}

export function start(trouble) {
  tell = trouble;
  one("fault-kind").addEventListener("change", fields);
  one("scenario-name").addEventListener("change", about);
  one("fault").addEventListener("submit", (event) => {
    event.preventDefault();
    if (tenant !== null) act(ask(of(tenant, "faults"), asked()), "The fault is set");
  });
  one("scenario").addEventListener("submit", (event) => {
    event.preventDefault();
    if (tenant === null) return;
    const name = one("scenario-name").value;
    const seed = one("scenario-seed").value;
    act(ask("scenarios", { tenant, name, ...(seed && { seed: Number(seed) }) }), `The scenario ${name} is played`);
  });
  one("faults-clear").addEventListener("click", () => {
    one("faults-title").focus();
    act(Promise.all([drop(of(tenant, "faults")), drop(of(tenant, "trouble"))]), "All faults and troubles were removed");
  });
  learn().catch(trouble);
}
