"""Libraries that are imported later than somebody waits for them."""

from __future__ import annotations

import functools
import importlib
import sys
import threading
from collections.abc import Callable, Collection, Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec

__all__ = ["Arrivals"]


class Arrivals:
    """Tells of the first import of top-level packages, before whoever imports them has them.

    It is a finder for ``sys.meta_path``. ``tell`` gets the name, in the importing thread, which
    holds the lock of that import; what it raises makes the import fail.
    """

    def __init__(self, names: Collection[str], tell: Callable[[str], object]) -> None:
        self._names = names
        self._tell = tell
        self._asking = threading.local()

    def install(self) -> None:
        """Look at imports from now on."""
        sys.meta_path.insert(0, self)

    def remove(self) -> None:
        """No more."""
        sys.meta_path.remove(self)

    def here(self) -> list[str]:
        """Which are imported already; one that another thread is importing is waited for.

        Of all others this will tell, if it is installed.
        """
        return [name for name in self._names if self._is_here(name)]

    def _is_here(self, name: str) -> bool:
        # An import that ends here: it takes the module's lock, so that no import can be between
        # its search, which came before this finder, and the place where others see the module.
        self._asking.now = True
        try:
            importlib.import_module(name)
        except ImportError:
            return False
        finally:
            self._asking.now = False
        return True

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """What the other finders find, with a loader that tells."""
        if name not in self._names:
            return None
        if getattr(self._asking, "now", False):
            raise ModuleNotFoundError(f"{name} is not imported yet", name=name)
        others = (finder for finder in tuple(sys.meta_path) if finder is not self)
        for finder in others:
            spec = finder.find_spec(name, path, target)
            if spec is not None:
                if spec.loader is not None:
                    told: Any = _Loader(spec.loader, functools.partial(self._tell, name))
                    spec.loader = told
                return spec
        return None


class _Loader:
    """A module's own loader, but once: the module is then as that one leaves it."""

    def __init__(self, own: Any, tell: Callable[[], object]) -> None:
        self._own = own
        self._tell = tell

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """As its own loader does."""
        module: ModuleType | None = self._own.create_module(spec)
        return module

    def exec_module(self, module: ModuleType) -> None:
        """As its own loader does, and tell."""
        module.__loader__ = self._own
        if module.__spec__ is not None:
            module.__spec__.loader = self._own
        self._own.exec_module(module)
        self._tell()
