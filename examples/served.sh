#!/bin/sh
# The classic API with curl, from a server: dryshot serve
# DRYSHOT_URL says where it is, if not at the usual port.
set -eu

url=${DRYSHOT_URL:-http://127.0.0.1:8787}
key=${QISKIT_IBM_TOKEN:-any-key-opens-a-world-of-its-own}

# the value of a key in a JSON text without spaces
value() { sed "s/.*\"$1\":\"\([^\"]*\)\".*/\1/"; }

json='content-type: application/json'
token=$(curl -fsS -H "$json" -d "{\"apiToken\": \"$key\"}" "$url/api/users/loginWithToken" | value id)

job=$(curl -fsS -H "x-access-token: $token" -H "$json" "$url/jobs" -d '{
  "program_id": "sampler",
  "backend": "ibm_wellington",
  "params": {"circuits": ["OPENQASM 3; include \"stdgates.inc\"; qubit q; bit c; x q; c = measure q;"]}
}' | value id)
echo "$job"

state() { curl -fsS -H "x-access-token: $token" "$url/jobs/$job" | value status; }
while status=$(state) && [ "$status" = Queued -o "$status" = Running ]; do sleep 1; done
echo "$status"

curl -fsS -H "x-access-token: $token" "$url/jobs/$job/results"
echo
