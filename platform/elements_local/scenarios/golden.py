"""Golden streams: what arrived, as a text without ids and with times since the start, stored beside the scenario."""

import re
from pathlib import Path

from msgspec import Struct


class GoldenStream(Struct, frozen=True, kw_only=True):
    """Where a scenario's stream is stored.

    Attributes:
        update: write what came over what is stored, instead of comparing the two.
    """

    path: Path
    update: bool = False

    def differences(self, lines: list[str]) -> list[str]:
        """Return what is missing and what is too much, none if the stream is the stored one."""
        if self.update:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
            return []
        if not self.path.exists():
            return [f"{self.path} is not there; --update writes it", *(f"  {line}" for line in lines)]
        import difflib  # noqa: PLC0415 - only where something differs

        recorded = self.path.read_text(encoding="utf-8").splitlines()
        if recorded == lines:
            return []
        compared = difflib.unified_diff(
            recorded, lines, fromfile=str(self.path), tofile="what came", lineterm="", n=1
        )
        return [*compared, "(--update keeps what came)"]


def golden_of(scenario_path: Path, name: str, *, update: bool = False) -> GoldenStream:
    """Return where the stream of a scenario is stored: a folder named after its file, a text named after itself."""
    word = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:100] or "stream"
    return GoldenStream(path=_folder(scenario_path) / f"{word}.stream", update=update)


def streams_of(scenario_path: Path) -> list[Path]:
    """Return the streams that are stored for a file of scenarios."""
    return sorted(_folder(scenario_path).glob("*.stream"))


def _folder(scenario_path: Path) -> Path:
    return scenario_path.with_suffix("")
