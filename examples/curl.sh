#!/bin/sh
# The classic API with curl: nothing here knows of dryshot.
# Run it offline with: dryshot run -- sh examples/curl.sh
set -eu

auth=https://auth.quantum-computing.ibm.com/api
runtime=https://runtime-us-east.quantum-computing.ibm.com

# the value of a key in a JSON text without spaces
value() { sed "s/.*\"$1\":\"\([^\"]*\)\".*/\1/"; }

json='content-type: application/json'
token=$(curl -fsS -H "$json" -d '{"apiToken": "my-api-token"}' "$auth/users/loginWithToken" | value id)

job=$(curl -fsS -H "x-access-token: $token" -H "$json" "$runtime/jobs" -d '{
  "program_id": "sampler",
  "backend": "ibm_wellington",
  "params": {"circuits": ["OPENQASM 3; include \"stdgates.inc\"; qubit q; bit c; x q; c = measure q;"]}
}' | value id)
echo "$job"

curl -fsS -H "x-access-token: $token" "$runtime/jobs/$job" | value status
echo
curl -fsS -H "x-access-token: $token" "$runtime/jobs/$job/results"
echo
