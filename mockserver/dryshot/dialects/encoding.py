"""Values as the JSON that the services write."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

__all__ = ["to_json"]


def _encoder() -> Callable[[Any], str]:
    """The one of json, which is made anew for each value otherwise: that takes longer than most."""
    usual = json.JSONEncoder(separators=(",", ":"), allow_nan=False)
    make: Any = getattr(json.encoder, "c_make_encoder", None)
    if make is None:
        return usual.encode
    text, default = json.encoder.encode_basestring_ascii, usual.default
    encode = make(None, default, text, None, ":", ",", False, False, False)
    return lambda value: "".join(encode(value, 0))


_encode = _encoder()


def to_json(value: Any) -> bytes:
    """Compact JSON, as the services write it; safe for any text."""
    return _encode(value).encode()
