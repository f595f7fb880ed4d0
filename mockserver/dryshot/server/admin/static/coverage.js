// What of the OpenAPI documents a tenant exercised; asked for only while its part of the page is open.
import { make, one } from "./dom.js";
import { ask } from "./wire.js";

const EVERY = 2000;
let tenant = null;
let timer = null;

export function begin(name) {
  tenant = name;
  show(null);
  look();
}

async function look() {
  clearTimeout(timer);
  const name = tenant;
  if (name === null || !one("coverage-all").open) return;
  try {
    const found = await ask(`coverage?tenant=${encodeURIComponent(name)}`);
    if (name === tenant) show(found);
  } catch {
    // the link to the server says so elsewhere; the next look may find it again
  }
  clearTimeout(timer);
  timer = setTimeout(look, EVERY);
}

function show(found) {
  one("coverage-percent").textContent = found
    ? `${found.percent.toFixed(1)}% of statuses (${found.totals.statuses.covered}/${found.totals.statuses.declared})`
    : "";
  one("coverage").replaceChildren(...(found?.operations ?? []).map(row));
  const outside = (found?.outside ?? []).map(({ operation, status, what }) => `Not in the document: ${operation} ${status} ${what}`);
  one("coverage-notes").replaceChildren(...outside.concat(found?.notes ?? []).map((text) => make("li", {}, text)));
}

function row({ operation, statuses, fields }) {
  const seen = statuses.filter(({ times }) => times > 0);
  const words = seen.map(({ status, times }) => `${status} (${times})`).join(", ");
  return make(
    "tr", {},
    make("td", { class: "wide" }, operation),
    make("td", { class: seen.length ? "good" : "muted" }, words || "never"),
    make("td", { class: "n" }, `${seen.length}/${statuses.length}`),
    make("td", { class: "n" }, `${fields.covered}/${fields.declared}`),
  );
}

export function start() {
  one("coverage-all").addEventListener("toggle", look);
}
