"""The only rooms that know an HTTP library: each makes an endpoint usable from one of them.

An endpoint that raises :class:`ConnectionError` or :class:`TimeoutError` plays a failing network:
httpx and requests callers see the error that their library has for it, and ``Retry`` may retry.
:class:`ConnectionRefusedError` is a connection that was never made. Every other exception reaches
the caller as it is.
"""
