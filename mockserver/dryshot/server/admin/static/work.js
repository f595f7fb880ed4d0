// Jobs and sessions with their times, and the instances that pay for them.
import { announce, make, one, seconds, track } from "./dom.js";
import { ask, of } from "./wire.js";

const SHOWN = 50;

let tenant = null;
let jobs = new Map();
let sessions = new Map();
let now = null;
let total = 0;
let drawing = false;
let heard = null; // what was told while the lists were on their way: it is never older

export function begin(name) {
  tenant = name;
  heard = null;
  jobs = new Map();
  sessions = new Map();
  total = 0;
  one("instances").replaceChildren();
  one("instances-empty").hidden = false;
  draw();
}

export async function load(name) {
  const meanwhile = (heard = { job: new Map(), session: new Map() });
  const [work, rest, paid] = await Promise.all([
    ask(of(name, `jobs?limit=${SHOWN}`)), ask(of(name, `sessions?limit=${SHOWN}`)), ask(of(name, "instances"))]);
  if (name !== tenant || heard !== meanwhile) return;
  heard = null;
  jobs = merged(work.jobs, meanwhile.job);
  sessions = merged(rest.sessions, meanwhile.session);
  total = work.total + jobs.size - work.jobs.length;
  instances(paid.instances);
  draw();
}

function merged(listed, told) {
  const all = new Map(listed.reverse().map((value) => [value.id, value]));
  for (const [id, value] of told) value === null ? all.delete(id) : all.set(id, value);
  return all;
}

export function changed(kind, value) {
  const all = kind === "job" ? jobs : sessions;
  const before = all.get(value.id);
  if (kind === "job" && !before) total += 1;
  all.set(value.id, value);
  heard?.[kind].set(value.id, value);
  if (all.size > 4 * SHOWN) all.delete(all.keys().next().value);
  const word = value.status ?? value.state;
  if (word !== (before?.status ?? before?.state)) announce(`${kind} ${value.id}: ${word}`);
  schedule();
}

export function gone(kind, id) {
  heard?.[kind].set(id, null);
  (kind === "job" ? jobs : sessions).delete(id);
  if (kind === "job") total = Math.max(total - 1, 0);
  schedule();
}

export function moved(clock) {
  now = clock.now;
  schedule(false); // a clock that runs by itself is told of twice a second
}

let asking = false;

async function refresh() {
  if (asking || tenant === null) return;
  asking = true;
  const name = tenant;
  try {
    const { instances: found } = await ask(of(name, "instances"));
    if (name === tenant) instances(found);
  } catch {
    // the stream says that the server has gone
  } finally {
    asking = false;
  }
}

let stale = false;

function schedule(paid = true) {
  stale ||= paid;
  if (drawing) return;
  drawing = true;
  setTimeout(() => {
    drawing = false;
    draw();
    if (stale) refresh();
    stale = false;
  }, 100);
}

function draw() {
  const listed = [...jobs.values()].slice(-SHOWN).reverse();
  fill("jobs", listed, (job) => job.ended, job);
  one("jobs-count").textContent = total > listed.length ? `newest ${listed.length} of ${total}` : `${total}`;
  fill("sessions", [...sessions.values()].slice(-SHOWN).reverse(), (session) => session.closed, session);
}

// Unfinished ones last until now; all bars of a table share one span of time.
function fill(id, values, end, row) {
  const until = (value) => end(value) ?? (now !== null && now > value.created ? now : value.created);
  const start = Math.min(...values.map((value) => Date.parse(value.created)));
  const last = Math.max(...values.map((value) => Date.parse(until(value))));
  one(id).replaceChildren(...values.map((value) => row(value, until(value), start, last)));
  one(`${id}-empty`).hidden = values.length > 0;
}

const COLOURS = { Completed: "good", Failed: "bad", Cancelled: "warn", Running: "run", active: "run", inactive: "warn" };

function job(value, until, start, last) {
  const running = value.started;
  const parts = [{ from: value.created, to: running ?? until, kind: "queued" }];
  if (running) parts.push({ from: running, to: until, kind: "running" });
  const words = running
    ? `queued ${seconds(value.created, running)}, ran ${seconds(running, until)}`
    : `queued ${seconds(value.created, until)}`;
  return make("tr", { "data-job": value.id },
    make("td", {}, make("span", { class: "id" }, value.id), ...value.tags.map((tag) => make("span", { class: "tag", title: tag }, tag)),
      make("div", { class: "sub" }, `${value.program} on ${value.backend}`)),
    make("td", { class: `state ${COLOURS[value.status] ?? ""}`, title: value.reason }, value.status),
    make("td", { class: "line" }, words, track(parts, start, last)));
}

const KINDS = { open: "queued", active: "running", inactive: "idle" };

function session(value, until, start, last) {
  const parts = value.states.flatMap(({ state, since }, index) => state === "closed"
    ? [] : [{ from: since, to: value.states[index + 1]?.since ?? until, kind: KINDS[state] }]);
  return make("tr", { "data-session": value.id },
    make("td", {}, make("span", { class: "id" }, value.id), make("div", { class: "sub" }, `${value.mode} on ${value.backend}`)),
    make("td", { class: `state ${COLOURS[value.state] ?? ""}`, title: value.reason }, value.state),
    make("td", { class: "line" }, `${seconds(value.created, until)}, ${value.usage_seconds} s used`, track(parts, start, last)));
}

function instances(values) {
  one("instances").replaceChildren(...values.map((value) => {
    const limit = value.limit_seconds;
    const used = make("td", { class: value.limit_reached ? "bad" : null }, limit === null ? `${value.used_seconds} s, no limit` : `${value.used_seconds} of ${limit} s`);
    if (limit) used.append(make("meter", { max: limit, value: value.used_seconds, "aria-label": `${value.name} used` }));
    return make("tr", {}, make("td", { title: value.crn }, value.name, make("div", { class: "sub" }, `account ${value.crn.split(":")[6].slice(2)}`)), make("td", {}, value.plan), make("td", {}, value.region), used);
  }));
  one("instances-empty").hidden = values.length > 0;
}
