"""The era that a world is of: asked for, or declared in its files; never two at once."""

from __future__ import annotations

from dataclasses import dataclass, field

from dryshot.world.classic import EraName, check_era
from dryshot.world.places import DeclarationError, Places

__all__ = ["DeclaredEra", "agreed", "decide"]

_USUAL: EraName = "2023-09"


@dataclass(frozen=True, slots=True)
class DeclaredEra:
    """An era, and where it is declared."""

    name: EraName
    places: Places = field(default_factory=Places, compare=False, repr=False)

    def contradicted(self, message: str) -> DeclarationError:
        """The error where it is declared."""
        return self.places.error(("era",), f"is {self.name}, but {message}")


def agreed(one: DeclaredEra | None, other: DeclaredEra | None) -> DeclaredEra | None:
    """What both declare, or one of them; ``DeclarationError`` if they are not of one mind."""
    if one is not None and other is not None and one != other:
        file = one.places.file
        raise other.contradicted(f"{one.name} is declared in {file or 'another place'}")
    return other or one


def decide(asked: EraName | None, declared: DeclaredEra | None) -> EraName:
    """The era that was asked for or declared; the notebook's if nobody says.

    ``ValueError`` if there is none of the name that was asked for, ``DeclarationError`` if another
    one is declared.
    """
    if asked is None:
        return _USUAL if declared is None else declared.name
    found = check_era(asked)
    if declared is not None and declared.name != found:
        raise declared.contradicted(f"{found} was asked for")
    return found
