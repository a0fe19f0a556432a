"""Runs the benchmarks one after the other, or those that are named, and says how long each took."""

from __future__ import annotations

import subprocess
import sys
import time

from benchmarks.scheme import ROOT

ALL = (
    "pages",
    "listing",
    "board",
    "similar",
    "autosave",
    "assignment",
    "letters",
    "calendar",
    "diamonds",
    "oversight",
    "portfolio",
    "memory",
)


def main() -> int:
    """Run them; 1 where one of them failed, 2 for a name that none has."""
    names = sys.argv[1:] or list(ALL)
    if unknown := [name for name in names if name not in ALL]:
        print(f"no such benchmark: {', '.join(unknown)}; there are {', '.join(ALL)}", file=sys.stderr)
        return 2
    failed, began = [], time.monotonic()
    for name in names:
        print(f"\n## {name}: `make bench ONLY={name}`\n", flush=True)
        started = time.monotonic()
        if subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], cwd=ROOT, check=False).returncode:
            failed.append(name)
        print(f"\n{name} took {time.monotonic() - started:.0f} s.", flush=True)
    print(f"\nAll of it took {(time.monotonic() - began) / 60:.1f} minutes.")
    if failed:
        print(f"Failed: {', '.join(failed)}.")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
