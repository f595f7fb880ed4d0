// Elements. Text is always set as text: what a program sent is never read as HTML.

export const one = (id) => document.getElementById(id);

export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) element.setAttribute(key, value);
  }
  element.append(...children.map((child) => (child instanceof Node ? child : String(child))));
  return element;
}

export function announce(text) {
  one("status").textContent = text;
}

export function seconds(from, to) {
  const value = (Date.parse(to) - Date.parse(from)) / 1000;
  if (value < 120) return `${Number(value.toFixed(1))} s`;
  if (value < 7200) return `${Number((value / 60).toFixed(1))} min`;
  if (value < 172800) return `${Number((value / 3600).toFixed(1))} h`;
  return `${Number((value / 86400).toFixed(1))} d`;
}

// A bar from the parts of a life, each {from, to, kind}, within the times that all bars share.
export function track(parts, start, end) {
  const whole = Math.max(end - start, 1);
  const bar = make("div", { class: "track", "aria-hidden": "true" });
  for (const { from, to, kind } of parts) {
    const part = make("i", { class: kind });
    part.style.left = `${(100 * (Date.parse(from) - start)) / whole}%`;
    part.style.width = `${(100 * (Date.parse(to) - Date.parse(from))) / whole}%`;
    bar.append(part);
  }
  return bar;
}
