"""What the reader sees: steps with live progress on a terminal, plain lines anywhere else."""

from __future__ import annotations

import io
import re
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console, RenderableType
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TaskID,
    TextColumn,
)
from rich.table import Column, Table
from rich.text import Text
from rich.theme import Theme

WIDTH = 100
HEARTBEAT_SECONDS = 2
THEME = Theme(
    {
        "good": "green",
        "bad": "bold red",
        "quiet": "bright_black",
        "note": "yellow",
        "name": "bold",
        "title": "bold cyan",
        "head": "bold",
        "repr.number": "none",
    }
)


class Screen:
    """Prints to stdout, and keeps a copy for a picture."""

    def __init__(self) -> None:
        self.is_live = sys.stdout.isatty()
        self.width = min(WIDTH, Console().width) if self.is_live else WIDTH
        self._console = _console(self.width)
        self._copy = _console(WIDTH, file=io.StringIO(), record=True, force_terminal=True)

    def print(self, *things: RenderableType) -> None:
        """Print, as Console.print does."""
        for console in (self._console, self._copy):
            console.print(*things)

    def save_svg(self, file: Path, title: str) -> None:
        """Everything printed so far, as a picture."""
        svg = self._copy.export_svg(title=title, unique_id="demo")
        # Rich would fetch a font from elsewhere; any monospaced one will do.
        svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(svg, encoding="utf-8")

    @contextmanager
    def step(self, title: str) -> Iterator[Step]:
        """A piece of work that may take a while; says how long it took."""
        step = Step(title, self._console) if self.is_live else PlainStep(title, self._console)
        try:
            with step.at_work():
                yield step
        except BaseException:
            self.print(step.last_line("[bad]✗[/]"))
            raise
        self.print(step.last_line(step.mark))


class SecondsColumn(ProgressColumn):
    """How long it has taken so far."""

    def render(self, task: Task) -> Text:
        """Whole seconds."""
        return Text(f"{task.elapsed or 0:.0f} s", "quiet")


class Step:
    """A piece of work, with a spinner."""

    def __init__(self, title: str, console: Console) -> None:
        self.title = title
        self.outcome = ""
        self.mark = "[good]✓[/]"
        self.began = time.monotonic()
        self._console = console
        self._bar: Progress
        self._task: TaskID

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Show that something is being done."""
        self._bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=20),
            TextColumn("[quiet]{task.fields[note]}", table_column=Column(no_wrap=True, ratio=1)),
            SecondsColumn(),
            console=self._console,
            transient=True,
            expand=True,
        )
        with self._bar:
            self._task = self._bar.add_task(self.title, total=None, note="")
            yield

    def note(self, text: str | None = None, done: int | None = None, of: int | None = None) -> None:
        """What is being done at the moment."""
        self._bar.update(self._task, completed=done, total=of)
        if text is not None:
            self._bar.update(self._task, note=text)

    @property
    def seconds(self) -> float:
        """How long it has taken so far."""
        return time.monotonic() - self.began

    def last_line(self, mark: str) -> RenderableType:
        """What remains of it on the screen."""
        left = Text.from_markup(f"{mark} {self.title}")
        if self.outcome:
            left.append(f"  {self.outcome}", "quiet")
        line = Table.grid(expand=True, padding=(0, 1))
        line.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
        line.add_column(justify="right", no_wrap=True, style="quiet")
        line.add_row(left, f"{self.seconds:.1f} s")
        return line


class PlainStep(Step):
    """A piece of work, where nothing can be drawn: a line now and then."""

    def __init__(self, title: str, console: Console) -> None:
        super().__init__(title, console)
        self._note = ""
        self._over = threading.Event()

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Print a sign of life every other second."""
        thread = threading.Thread(target=self._beat, daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._over.set()
            thread.join()

    def note(self, text: str | None = None, done: int | None = None, of: int | None = None) -> None:
        """What is being done at the moment."""
        del done, of
        self._note = text or self._note

    def _beat(self) -> None:
        while not self._over.wait(HEARTBEAT_SECONDS):
            doing = f"{self.title}: {self._note}" if self._note else self.title
            sign = Text(f"  … {self.seconds:.0f} s  {doing}", "quiet")
            self._console.print(sign, no_wrap=True, overflow="ellipsis")


def _console(width: int, **options: object) -> Console:
    return Console(width=width, theme=THEME, highlight=False, soft_wrap=False, **options)  # type: ignore[arg-type]
