"""Certificates for the length of one run: an authority that nobody else will ever trust."""

from __future__ import annotations

import os
import re
import ssl
from collections.abc import Iterable, Mapping
from pathlib import Path

from dryshot.errors import MissingExtra

__all__ = ["CA_VARIABLES", "certify", "trusted", "write_private"]

CA_VARIABLES = (
    "SSL_CERT_FILE",  # OpenSSL, and so Python's ssl, httpx, Go, Ruby, Rust with OpenSSL
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "NODE_EXTRA_CA_CERTS",
    "WEBSOCKET_CLIENT_CA_BUNDLE",
    "AWS_CA_BUNDLE",
    "CARGO_HTTP_CAINFO",
    "CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE",
    "DENO_CERT",
    "GIT_SSL_CAINFO",
    "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH",
    "HTTPLIB2_CA_CERTS",
    "JULIA_SSL_CA_ROOTS_PATH",
    "NIX_SSL_CERT_FILE",
    "PERL_LWP_SSL_CA_FILE",
    "PIP_CERT",
)
"""Where programs of several languages look for a file of certificates to trust."""

_CERTIFICATE = re.compile(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)


def certify(hosts: Iterable[str], directory: Path) -> tuple[ssl.SSLContext, bytes]:
    """A server's context with a certificate for ``hosts``, and the authority that signed it, PEM.

    The authority's key is never written. The server's own passes through a file in ``directory``,
    which is how :mod:`ssl` takes it, and the file is gone when this returns.
    """
    try:
        import trustme
    except ImportError as error:
        raise MissingExtra("dryshot run", "server") from error

    authority = trustme.CA(
        organization_name="dryshot", organization_unit_name="an authority for one run only"
    )
    certificate = authority.issue_cert(*sorted(hosts))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with certificate.private_key_and_cert_chain_pem.tempfile(dir=str(directory)) as path:
        context.load_cert_chain(path)
    context.set_alpn_protocols(["http/1.1"])
    return context, authority.cert_pem.bytes()


def trusted(environ: Mapping[str, str]) -> bytes:
    """The certificates that programs in this environment trust, as one PEM text.

    These are OpenSSL's own (or certifi's, which httpx brings, where it has none) and those of the
    files that ``environ`` names; each once.
    """
    import certifi

    own = ssl.get_default_verify_paths().cafile or certifi.where()
    files = [environ[name] for name in CA_VARIABLES if environ.get(name)]
    found: dict[bytes, None] = {}
    for file in dict.fromkeys((own, *files)):
        try:
            text = Path(file).read_bytes()
        except OSError:
            continue  # a variable that names no file helps nobody; `dryshot doctor` says so
        found |= dict.fromkeys(_CERTIFICATE.findall(text))
    return b"\n".join((*found, b""))


def write_private(path: Path, text: bytes) -> None:
    """Write a new file that only its owner reads."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(text)
