"""Tokens: kept out of sight, obtained once for all who wait, given up when they are refused."""

from __future__ import annotations

from collections.abc import Callable

from dryshot_client.flows import Flow, alone

__all__ = ["Credentials", "Secret"]


class Secret:
    """A text that shows itself to nobody but who calls :meth:`reveal`."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return "Secret(***)"

    def __reduce__(self) -> str:
        raise TypeError("a secret is not written down")

    def reveal(self) -> str:
        """The text itself."""
        return self._text

    def hide_in(self, text: str) -> str:
        """The same text with every occurrence of the secret blotted out."""
        return text.replace(self._text, "***")


class Credentials:
    """Holds one access token, and sees to it that no two callers obtain one at the same time."""

    def __init__(
        self, obtain: Callable[[], Flow[Secret]], revoke: Callable[[Secret], Flow[None]]
    ) -> None:
        self._obtain = obtain
        self._revoke = revoke
        self._held: Secret | None = None

    @property
    def held(self) -> Secret | None:
        """The token at hand, which may have died meanwhile."""
        return self._held

    def get(self) -> Flow[Secret]:
        """The token at hand, or a new one."""
        held = self._held
        return held if held is not None else (yield from self.renew(None))

    def renew(self, refused: Secret | None) -> Flow[Secret]:
        """Another token than the ``refused`` one; who comes second takes what the first got."""
        return (yield from alone(self._renew(refused)))

    def drop(self) -> Flow[None]:
        """Revoke and forget the token, if there is one. It is kept if revoking fails."""
        yield from alone(self._drop())

    def _renew(self, refused: Secret | None) -> Flow[Secret]:
        held = self._held
        if held is None or held is refused:
            self._held = held = yield from self._obtain()
        return held

    def _drop(self) -> Flow[None]:
        if self._held is not None:
            yield from self._revoke(self._held)
            self._held = None
