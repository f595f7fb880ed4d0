"""A server that says one thing, on uvicorn as it is: ``python benchmarks/constant.py PORT``."""

from __future__ import annotations

import sys
from typing import Any

import uvicorn

BODY = b'{"id":"c5dge2d3rn7breq27i9g"}'
HEADERS = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(BODY))]


async def constant(_scope: Any, receive: Any, send: Any) -> None:
    """Say the same to all."""
    await receive()
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": BODY})


if __name__ == "__main__":
    uvicorn.run(
        constant, port=int(sys.argv[1]), log_level="critical", access_log=False, lifespan="off"
    )
