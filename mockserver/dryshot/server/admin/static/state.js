// The state of all tenants: saved as a file, and replaced by one that was saved.
import { announce, make, one } from "./dom.js";
import { load, put } from "./wire.js";

async function save() {
  const url = URL.createObjectURL(await load("state"));
  make("a", { href: url, download: "dryshot-state.json" }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60000);
  announce("The state was exported");
}

async function replace(file, changed) {
  if (!confirm(`Forget everything of all tenants, and take the state in ${file.name} instead?`)) return;
  const { tenants, records } = await put("state", file);
  await changed();
  announce(`The state was imported: ${tenants.length} tenants, ${records} records`);
}

// trouble(error) shows what went wrong, and with null nothing; changed() looks for the tenants anew.
export function start(trouble, changed) {
  const run = async (button, act) => {
    trouble(null);
    button.disabled = true;
    try {
      await act();
    } catch (error) {
      trouble(error);
    } finally {
      button.disabled = false;
      button.focus();
    }
  };
  one("export").addEventListener("click", () => run(one("export"), save));
  one("import").addEventListener("click", () => one("state").click());
  one("state").addEventListener("change", () => {
    const [file] = one("state").files;
    one("state").value = ""; // so that the same file can be chosen again
    if (file) run(one("import"), () => replace(file, changed));
  });
}
