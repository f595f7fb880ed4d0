"""The classic API with plain requests: nothing here knows of dryshot.

Run it offline with ``python examples/offline.py examples/classic_requests.py``.
"""

import requests

AUTH = "https://auth.quantum-computing.ibm.com/api"
RUNTIME = "https://runtime-us-east.quantum-computing.ibm.com"

# programs are listed without a token
programs = requests.get(f"{RUNTIME}/programs", timeout=30).json()
print([program["id"] for program in programs["programs"]])

# an API token is exchanged for an access token
login = requests.post(f"{AUTH}/users/loginWithToken", json={"apiToken": "my-api-token"}, timeout=30)
headers = {"x-access-token": login.json()["id"]}
print("logged in with a token of", len(headers["x-access-token"]), "characters")

devices = requests.get(f"{RUNTIME}/backends", headers=headers, timeout=30).json()["devices"]
print(devices[:5], "...")

job = {
    "program_id": "sampler",
    "backend": "ibm_wellington",
    "hub": "ibm-q-internal",
    "group": "dev-sys-software",
    "project": "internal-test",
    "params": {
        "circuits": [
            """
            OPENQASM 3;
            include "stdgates.inc";
            qreg q[1];
            creg c[1];
            x q[0];
            c[0] = measure q[0];
            """
        ]
    },
}
created = requests.post(f"{RUNTIME}/jobs", headers=headers, json=job, timeout=30)
print(created.status_code, created.text)
url = f"{RUNTIME}/jobs/{created.json()['id']}"

print(requests.get(url, headers=headers, timeout=30).json()["state"])
print(requests.get(f"{url}/results", headers=headers, timeout=30).json())

logout = requests.post(f"{AUTH}/users/logout", headers=headers, timeout=30)
print("logged out:", logout.ok, repr(logout.text))

refused = requests.post(f"{RUNTIME}/jobs", headers=headers, json=job, timeout=30)
print(refused.status_code, refused.text)
