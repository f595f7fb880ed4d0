// The platform's API with Node's own fetch, from a server: dryshot serve
// DRYSHOT_URL says where it is, if not at the usual port.

const URL = process.env.DRYSHOT_URL ?? "http://127.0.0.1:8787";
const KEY = process.env.QISKIT_IBM_TOKEN ?? "any-key-opens-a-world-of-its-own";
const QASM = 'OPENQASM 3; include "stdgates.inc"; bit[1] c; x $0; c[0] = measure $0;';

async function call(path, options) {
  const answer = await fetch(`${URL}${path}`, options);
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  return answer.json();
}

// an API key is exchanged for a bearer token
const { access_token } = await call("/identity/token", {
  method: "POST",
  body: new URLSearchParams({
    grant_type: "urn:ibm:params:oauth:grant-type:apikey",
    apikey: KEY,
  }),
});
const authorization = `Bearer ${access_token}`;

// an instance is chosen, and named by its CRN from then on
const { items } = await call("/v3/resources/search", {
  method: "POST",
  headers: { authorization, "content-type": "application/json" },
  body: JSON.stringify({
    query: "service_name:quantum-computing",
    fields: ["crn", "name"],
  }),
});
const { crn } = items.find((item) => item.name === "premium-instance");

const headers = {
  authorization,
  "service-crn": crn,
  "ibm-api-version": "2026-03-15",
  "content-type": "application/json",
};
const { id } = await call("/api/v1/jobs", {
  method: "POST",
  headers,
  body: JSON.stringify({
    program_id: "sampler",
    backend: "ibm_fez",
    params: { version: 2, pubs: [[QASM, null, 100]] },
  }),
});
console.log(id);
const look = async () => (await call(`/api/v1/jobs/${id}`, { headers })).state.status;
let status = await look();
while (!["Completed", "Failed", "Cancelled"].includes(status)) {
  await new Promise((resolve) => setTimeout(resolve, 1000));
  status = await look();
}
console.log(status);
console.log(JSON.stringify(await call(`/api/v1/jobs/${id}/results`, { headers })).slice(0, 100));
