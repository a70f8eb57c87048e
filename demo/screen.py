"""The terminal: steps with live progress, or plain lines if the output is not a terminal."""

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
    """Prints to stdout, and keeps a copy for an SVG picture."""

    def __init__(self) -> None:
        self.is_live = sys.stdout.isatty()
        self.width = min(WIDTH, Console().width) if self.is_live else WIDTH
        self._console = _console(self.width)
        self._copy = _console(WIDTH, file=io.StringIO(), record=True, force_terminal=True)

    def print(self, *renderables: RenderableType) -> None:
        """Print, as Console.print does."""
        for console in (self._console, self._copy):
            console.print(*renderables)

    def save_svg(self, file: Path, title: str) -> None:
        """Save everything printed so far as a picture."""
        svg = self._copy.export_svg(title=title, unique_id="demo")
        # Rich would load a font from another site; any monospaced font will do.
        svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(svg, encoding="utf-8")

    @contextmanager
    def step(self, title: str) -> Iterator[Step]:
        """A step that may take a while. The last line shows how long it took."""
        step = Step(title, self._console) if self.is_live else PlainStep(title, self._console)
        try:
            with step.running():
                yield step
        except BaseException:
            self.print(step.summary("[bad]✗[/]"))
            raise
        self.print(step.summary(step.mark))


class SecondsColumn(ProgressColumn):
    """The seconds since the start."""

    def render(self, task: Task) -> Text:
        """Render whole seconds."""
        return Text(f"{task.elapsed or 0:.0f} s", "quiet")


class Step:
    """A step, shown with a spinner."""

    def __init__(self, title: str, console: Console) -> None:
        self.title = title
        self.outcome = ""
        self.mark = "[good]✓[/]"
        self.started_at = time.monotonic()
        self._console = console
        self._bar: Progress
        self._task: TaskID

    @contextmanager
    def running(self) -> Iterator[None]:
        """Show the spinner while the context lasts."""
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
        """Show the current progress."""
        self._bar.update(self._task, completed=done, total=of)
        if text is not None:
            self._bar.update(self._task, note=text)

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.started_at

    def summary(self, mark: str) -> RenderableType:
        """The line that stays on the screen."""
        left = Text.from_markup(f"{mark} {self.title}")
        if self.outcome:
            left.append(f"  {self.outcome}", "quiet")
        line = Table.grid(expand=True, padding=(0, 1))
        line.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
        line.add_column(justify="right", no_wrap=True, style="quiet")
        line.add_row(left, f"{self.seconds:.1f} s")
        return line


class PlainStep(Step):
    """A step without a terminal: a line every few seconds."""

    def __init__(self, title: str, console: Console) -> None:
        super().__init__(title, console)
        self._note = ""
        self._finished = threading.Event()

    @contextmanager
    def running(self) -> Iterator[None]:
        """Print the progress every two seconds while the context lasts."""
        thread = threading.Thread(target=self._print_progress, daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._finished.set()
            thread.join()

    def note(self, text: str | None = None, done: int | None = None, of: int | None = None) -> None:
        """Show the current progress."""
        del done, of
        self._note = text or self._note

    def _print_progress(self) -> None:
        while not self._finished.wait(HEARTBEAT_SECONDS):
            progress = f"{self.title}: {self._note}" if self._note else self.title
            line = Text(f"  … {self.seconds:.0f} s  {progress}", "quiet")
            self._console.print(line, no_wrap=True, overflow="ellipsis")


def _console(width: int, **options: object) -> Console:
    return Console(width=width, theme=THEME, highlight=False, soft_wrap=False, **options)  # type: ignore[arg-type]
