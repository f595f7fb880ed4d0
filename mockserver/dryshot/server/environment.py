"""The environment variables that lead a command to the mock, and away from everything else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from dryshot.server.tls import CA_VARIABLES

__all__ = ["NODE_SHIM", "PROXY_VARIABLES", "surround"]

NODE_SHIM = Path(__file__).with_name("node_proxy.cjs")
"""What makes a Node that does not know HTTPS_PROXY use it."""

PROXY_VARIABLES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "WSS_PROXY", "WS_PROXY")
_LOOPBACK = "localhost,127.0.0.1,::1"


def surround(
    environ: Mapping[str, str], *, proxy: str, bundle: Path, authority: Path
) -> dict[str, str]:
    """``environ`` with every call led to the proxy at that URL, and the CA bundle trusted.

    ``DRYSHOT_CA_FILE`` names the run's own authority alone, for what none of the others reaches.

    Proxies that were in it are gone, whatever they were for; only loopback is reached directly.
    """
    child = {
        name: value
        for name, value in environ.items()
        if not name.lower().endswith(("_proxy", "_noproxy"))
    }
    for name in PROXY_VARIABLES:
        child[name] = child[name.lower()] = proxy
    child["NO_PROXY"] = child["no_proxy"] = _LOOPBACK
    child |= dict.fromkeys(CA_VARIABLES, str(bundle))
    child["DRYSHOT_CA_FILE"] = str(authority)
    child["NODE_USE_ENV_PROXY"] = child["PERL_LWP_ENV_PROXY"] = "1"
    shim = str(NODE_SHIM).replace("\\", "\\\\").replace('"', '\\"')
    child["NODE_OPTIONS"] = f'{environ.get("NODE_OPTIONS", "")} --require "{shim}"'.strip()
    return child
