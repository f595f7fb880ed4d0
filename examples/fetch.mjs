// The classic API with Node's own fetch: nothing here knows of dryshot.
// Run it offline with: dryshot run -- node examples/fetch.mjs

const AUTH = "https://auth.quantum-computing.ibm.com/api";
const RUNTIME = "https://runtime-us-east.quantum-computing.ibm.com";
const QASM = 'OPENQASM 3; include "stdgates.inc"; qubit q; bit c; x q; c = measure q;';

const login = await fetch(`${AUTH}/users/loginWithToken`, {
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ apiToken: "my-api-token" }),
});
const headers = { "x-access-token": (await login.json()).id, "content-type": "application/json" };

const job = { program_id: "sampler", backend: "ibm_wellington", params: { circuits: [QASM] } };
const created = await fetch(`${RUNTIME}/jobs`, { method: "POST", headers, body: JSON.stringify(job) });
const { id } = await created.json();
console.log(id);

console.log((await (await fetch(`${RUNTIME}/jobs/${id}`, { headers })).json()).state.status);
console.log(await (await fetch(`${RUNTIME}/jobs/${id}/results`, { headers })).text());
