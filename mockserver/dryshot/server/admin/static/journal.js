// The journal: its lines, newest first, and one of them opened.
import { announce, make, one } from "./dom.js";
import { ask, of } from "./wire.js";

const KEPT = 2000;
const SHOWN = 300;

let tenant = null;
let kept = [];
let opened = null;
let held = 0;
let drawing = false;

export const paused = () => one("pause").getAttribute("aria-pressed") === "true";

export function begin(name) {
  tenant = name;
  kept = [];
  held = 0;
  close();
  draw();
}

export async function load(name) {
  const { exchanges } = await ask(of(name, `journal?newest=true&limit=${SHOWN}`));
  if (name !== tenant) return;
  const known = new Set(kept.map((entry) => entry.sequence));
  kept.push(...exchanges.filter((entry) => !known.has(entry.sequence)));
  kept.sort((a, b) => a.sequence - b.sequence);
  draw();
}

export function add(entry) {
  if (kept.length && kept[kept.length - 1].sequence >= entry.sequence) return;
  kept.push(entry);
  if (kept.length > KEPT) kept.splice(0, kept.length - KEPT);
  if (paused()) {
    held += 1;
    count();
  } else schedule();
}

function schedule() {
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(() => {
    drawing = false;
    draw();
  });
}

function fits(entry, words, kind) {
  if (kind && !String(entry.status).startsWith(kind)) return false;
  const text = `${entry.method} ${entry.host} ${entry.target} ${entry.operation ?? ""} ${entry.status}`;
  return words.every((word) => text.toLowerCase().includes(word));
}

let found = 0;

function draw() {
  const words = one("filter").value.toLowerCase().split(/\s+/).filter(Boolean);
  const kind = one("kind").value;
  const held_back = held ? kept.slice(0, -held) : kept;
  const hits = held_back.filter((entry) => fits(entry, words, kind));
  found = hits.length;
  const focused = document.activeElement?.dataset?.sequence;
  one("exchanges").replaceChildren(...hits.slice(-SHOWN).reverse().map(line));
  if (focused) one("exchanges").querySelector(`[data-sequence="${focused}"]`)?.focus({ preventScroll: true });
  one("journal-empty").hidden = found > 0;
  one("journal-empty").textContent = kept.length ? "Nothing fits the filter." : "Nothing was asked yet.";
  count();
}

function count() {
  const waiting = held ? `, ${held} held back` : "";
  one("count").textContent = `${found} of ${kept.length}${waiting}`;
}

const colour = (status) => (status === 0 ? "bad" : status < 300 ? "good" : status < 500 ? "warn" : "bad");

function line(entry) {
  const open = make("button", { type: "button", "data-sequence": entry.sequence, "aria-label": `Open exchange ${entry.sequence}` }, entry.sequence);
  const row = make("tr", { class: opened === entry.sequence ? "open" : null },
    make("td", { class: "n" }, open),
    make("td", { class: "time" }, make("time", { datetime: entry.at, title: entry.at }, entry.at.slice(11, 19))),
    make("td", { class: `state ${colour(entry.status)}` }, entry.status || "none"),
    make("td", {}, entry.operation ?? "–", ...(entry.fault ? [make("span", { class: "tag fault", title: `Struck by a fault: ${entry.fault}` }, entry.fault)] : [])),
    make("td", { class: "wide" }, `${entry.method} `, make("span", { class: "host" }, entry.host), entry.target),
    make("td", { class: "n" }, entry.response_bytes));
  row.addEventListener("click", () => show(entry.sequence));
  return row;
}

async function show(sequence) {
  const name = tenant;
  const entry = await ask(of(name, `journal/${sequence}`)).catch((error) => ({ failed: error.message }));
  if (name !== tenant) return;
  opened = sequence;
  for (const row of one("exchanges").rows) row.classList.toggle("open", row.querySelector("button").dataset.sequence === String(sequence));
  one("detail-title").textContent = `Exchange ${sequence}`;
  one("exchange").replaceChildren(...(entry.failed ? [entry.failed] : parts(entry)));
  one("detail").hidden = false;
  one("detail-title").focus();
  one("detail").scrollIntoView({ block: "nearest" });
}

export function close() {
  if (one("detail").hidden) return;
  one("detail").hidden = true;
  one("exchange").replaceChildren();
  const back = one("exchanges").querySelector(`[data-sequence="${opened}"]`);
  opened = null;
  for (const row of one("exchanges").rows) row.classList.remove("open");
  back?.focus();
}

function parts(entry) {
  const first = make("p", { class: "line1" }, `${entry.method} ${entry.host}${entry.target}`);
  const second = make("p", {}, make("span", { class: colour(entry.status) }, entry.status || "no answer"), ` ${entry.operation ?? "no operation"} at ${entry.at}`, ...(entry.fault ? [make("span", { class: "bad" }, `, struck by ${entry.fault}`)] : []));
  const problems = entry.problems.length
    ? [make("h3", {}, "What is wrong with the request"),
       make("ul", { class: "problems", id: "problems" }, ...entry.problems.map((problem) =>
         make("li", {}, make("code", {}, `${problem.location} ${problem.field}`.trim()), ` ${problem.message} (${problem.rule})`)))]
    : [];
  return [first, second, ...problems, ...message("Request", entry.request), ...message("Response", entry.response)];
}

function message(title, { headers, body }) {
  const names = Object.keys(headers);
  const listed = make("dl", {}, ...names.flatMap((name) => [make("dt", {}, name), make("dd", {}, headers[name])]));
  const details = make("details", {}, make("summary", {}, `${names.length} headers`), listed);
  const cut = body.cut ? ", cut" : "";
  const shown = body.kind === "hidden"
    ? make("p", { class: "muted" }, "Not shown: a log-in that could not be read may have a credential in it.")
    : make("pre", { tabindex: "0", role: "region", "aria-label": `${title} body` }, typeof body.value === "string" ? body.value : JSON.stringify(body.value, null, 2));
  return [make("h3", {}, `${title}: ${body.kind === "empty" ? "no body" : `${body.kind}, ${body.size} bytes${cut}`}`),
    ...(body.kind === "empty" ? [] : [shown]), details];
}

export function start() {
  one("filter").addEventListener("input", () => {
    draw();
    announce(`${found} exchanges fit`);
  });
  one("kind").addEventListener("change", () => {
    draw();
    announce(`${found} exchanges fit`);
  });
  one("pause").addEventListener("click", () => {
    const now = !paused();
    one("pause").setAttribute("aria-pressed", String(now));
    if (!now) {
      held = 0;
      draw();
    }
    announce(now ? "Journal paused" : "Journal goes on");
  });
  one("close").addEventListener("click", close);
  one("exchanges").addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const buttons = [...one("exchanges").querySelectorAll("button")];
    buttons[buttons.indexOf(document.activeElement) + step]?.focus();
    event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Escape") return close();
    if (/^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
    if (event.key === "/") {
      one("filter").focus();
      event.preventDefault();
    } else if (event.key === "p") one("pause").click();
  });
}
