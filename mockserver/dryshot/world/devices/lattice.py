"""Where the qubits sit and which are neighbours: IBM's heavy-hex lattice, cut to size.

A site of the lattice is a point with whole coordinates. Even rows are full; in the odd rows between
them stands a connector at every fourth column, shifted by two from one such row to the next.
Neighbours are the sites one step apart, so that no qubit has more than three.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

__all__ = ["Lattice", "heavy_hex"]

Site = tuple[int, int]
"""Column and row, from 0."""


@dataclass(frozen=True, slots=True)
class Lattice:
    """Sites in the order of their qubits, and the pairs of neighbouring qubits, lower one first."""

    sites: tuple[Site, ...]
    edges: tuple[tuple[int, int], ...]

    @property
    def num_qubits(self) -> int:
        """How many sites there are."""
        return len(self.sites)

    @classmethod
    def of(cls, sites: Iterable[Site]) -> Lattice:
        """Join every two of ``sites`` that are one step apart; their order numbers the qubits."""
        numbers = {site: number for number, site in enumerate(sites)}
        pairs = (
            (number, numbers[neighbour])
            for (x, y), number in numbers.items()
            for neighbour in ((x + 1, y), (x, y + 1))
            if neighbour in numbers
        )
        edges = sorted((min(pair), max(pair)) for pair in pairs)
        return cls(sites=tuple(numbers), edges=tuple(edges))


_T = """
ooo
.o.
.o.
"""
_H = """
ooo
.o.
ooo
"""
_FALCON = """
...o...o...
oooooooooo.
.o...o...o.
.oooooooooo
...o...o...
"""


def heavy_hex(num_qubits: int) -> Lattice:
    """The connected piece of heavy hex that IBM builds with ``num_qubits``, numbered as IBM does.

    Sizes that IBM never built are cut compactly around one site. Known: 5 (T), 7 (H), 16 and 27
    (Falcon), 65 (Hummingbird), 127 (Eagle), 133 and 156 (Heron), 433 (Osprey).
    """
    match num_qubits:
        case 5:
            sites = _drawn(_T)
        case 7:
            sites = _drawn(_H)
        case 16 | 27:
            sites = sorted(_drawn(_FALCON))[:num_qubits]  # numbered column by column
        case 65:
            sites = _without_corners(11, 5)
        case 127:
            sites = _without_corners(15, 7)
        case 133:
            sites = [*_rows(15, 14)]  # the last row of connectors leads nowhere
        case 156:
            sites = [*_rows(16, 15, first=3)]
        case 433:
            sites = _without_corners(27, 13)
        case _:
            sites = _around_origin(num_qubits)
    return Lattice.of(sites)


def _drawn(picture: str) -> list[Site]:
    lines = picture.strip().splitlines()
    return [(x, y) for y, line in enumerate(lines) for x, mark in enumerate(line) if mark == "o"]


def _is_site(x: int, y: int, first: int = 0) -> bool:
    return y % 2 == 0 or x % 4 == (first if y % 4 == 1 else (first + 2) % 4)


def _rows(width: int, height: int, *, first: int = 0) -> Iterator[Site]:
    """The sites of a rectangle, row by row; ``first`` is the column of the first connector."""
    return ((x, y) for y in range(height) for x in range(width) if _is_site(x, y, first))


def _without_corners(width: int, full_rows: int) -> list[Site]:
    """A rectangle of so many full rows without the two corners that would have one neighbour."""
    height = 2 * full_rows - 1
    corners = {(width - 1, 0), (0, height - 1)}
    return [site for site in _rows(width, height) if site not in corners]


def _around_origin(num_qubits: int) -> list[Site]:
    """The sites fewest steps from the origin, row by row; coordinates moved to start at 0."""
    found: dict[Site, None] = {(0, 0): None}
    queue = deque(found)
    while len(found) < num_qubits:
        x, y = queue.popleft()
        for site in ((x + 1, y), (x, y + 1), (x - 1, y), (x, y - 1)):
            if site not in found and _is_site(*site):
                found[site] = None
                queue.append(site)
    kept = list(found)[:num_qubits]
    left, top = min(x for x, _ in kept), min(y for _, y in kept)
    return sorted(((x - left, y - top) for x, y in kept), key=lambda site: (site[1], site[0]))
