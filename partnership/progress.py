"""A progress bar for commands: drawn in place on a terminal, silent elsewhere so that logs stay readable."""

from types import TracebackType
from typing import Any, Self

_WIDTH = 30


class Bar:
    """``with Bar("local governments", 1788, sys.stdout) as bar: bar.to(12)``."""

    def __init__(self, name: str, size: int, out: Any) -> None:
        self.name, self.size, self.out = name, max(size, 1), out
        self.shown = -1
        self.drawn = bool(out is not None and hasattr(out, "isatty") and out.isatty())

    def __enter__(self) -> Self:
        self.to(0)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self.drawn:
            self.out.write("\r\x1b[2K")
            self.out.flush()

    def to(self, done: int) -> None:
        """Show how far the work is; cheap to call for every row."""
        share = min(done * 100 // self.size, 100)
        if not self.drawn or share == self.shown:
            return
        self.shown = share
        full = share * _WIDTH // 100
        self.out.write(f"\r  {self.name:<28} [{'#' * full}{'.' * (_WIDTH - full)}] {share:3d} %")
        self.out.flush()
