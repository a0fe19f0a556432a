"""Set up a clone: environment, locked dependencies, front-end assets; each step once, and again when its inputs change."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
STAMPS = VENV / "stamps"
VENDOR = ROOT / "app" / "static" / "vendor"
UV_FOLDER = VENV / "uv"  # beside the packages, which are exactly those of the lock file
UV = UV_FOLDER / "bin" / "uv"

ASSETS = {
    "aksel.css": tuple(
        f"@navikt/ds-css/dist/{part}"
        for part in ("global/reset.min.css", "global/tokens.min.css", "global/baseline.min.css", "global/print.min.css",
                     "components.min.css")
    ),
    "htmx.js": ("htmx.org/dist/htmx.min.js",),
    "swagger-ui.css": ("swagger-ui-dist/swagger-ui.css",),
    "swagger-ui-bundle.js": ("swagger-ui-dist/swagger-ui-bundle.js",),
    **{
        f"fonts/source-sans-3-{part}-normal.woff2": (f"@fontsource/source-sans-3/files/source-sans-3-{part}-normal.woff2",)
        for part in ("latin-400", "latin-600", "latin-ext-400", "latin-ext-600")
    },
}  # fmt: skip
"""What pages use: each file of app/static/vendor/ with the parts it is made of."""


class CannotSetUp(Exception):
    """Set-up stops here; the message says what to do."""


def fingerprint(*paths: Path) -> str:
    """What the inputs of a step look like now."""
    found = hashlib.sha256(sys.version.encode())
    for path in paths:
        found.update(path.read_bytes())
    return found.hexdigest()


def run(*command: str | Path, **environment: str) -> None:
    """Run a command; CannotSetUp where it fails."""
    result = subprocess.run([str(part) for part in command], cwd=ROOT, env={**os.environ, **environment}, check=False)
    if result.returncode:
        raise CannotSetUp(
            f"This step failed: {' '.join(str(part) for part in command)}. See the lines above, then try again."
        )


class Step:
    """A step that leaves a stamp when it is done, so that it is not done again until an input changes."""

    def __init__(self, name: str, *inputs: Path):
        self.stamp = STAMPS / name
        self.wanted = fingerprint(*inputs)

    @property
    def is_done(self) -> bool:
        """Whether the stamp is that of the present inputs."""
        return self.stamp.is_file() and self.stamp.read_text() == self.wanted

    def done(self) -> None:
        """Leave the stamp."""
        STAMPS.mkdir(parents=True, exist_ok=True)
        self.stamp.write_text(self.wanted)


def environment() -> None:
    """A virtual environment with uv in it."""
    if sys.version_info < (3, 11):
        raise CannotSetUp(
            f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}. Set PYTHON to a newer one."
        )
    step = Step("environment", Path(__file__))
    if step.is_done and (BIN / "python").exists():
        return
    print("Making the environment …", flush=True)
    try:
        venv.EnvBuilder(with_pip=True, clear=VENV.exists(), symlinks=True).create(VENV)
    except (OSError, subprocess.CalledProcessError) as error:
        raise CannotSetUp(
            f"The environment could not be made in {VENV}: {error}. On Debian: apt-get install python3-venv."
        ) from error
    pip = (BIN / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    run(*pip, "--target", UV_FOLDER, "uv>=0.9,<1")
    step.done()


def packages(lock: Path) -> None:
    """Exactly the packages of the lock file, and the project itself."""
    step = Step("packages", lock, ROOT / "pyproject.toml")
    if step.is_done:
        return
    print("Installing the packages …", flush=True)
    here = {"VIRTUAL_ENV": str(VENV)}
    run(UV, "pip", "sync", "--quiet", "--require-hashes", lock, **here)
    run(UV, "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--editable", ROOT, **here)
    step.done()


def assets() -> None:
    """The front end's files, from npm with the environment's own Node, copied to where pages find them."""
    step = Step("assets", ROOT / "package-lock.json", Path(__file__))
    if step.is_done and all((VENDOR / name).is_file() for name in ASSETS):
        return
    print("Installing the front end's files …", flush=True)
    path = f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"
    run(BIN / "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", PATH=path)
    shutil.rmtree(VENDOR, ignore_errors=True)
    for name, parts in ASSETS.items():
        target = VENDOR / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(b"\n".join((ROOT / "node_modules" / part).read_bytes() for part in parts))
    step.done()


def main() -> int:
    """Set up for running, or with --tests for testing too."""
    lock = ROOT / ("requirements-dev.lock" if "--tests" in sys.argv[1:] else "requirements.lock")
    installed = STAMPS / "lock"
    try:
        environment()
        if (
            lock.name == "requirements.lock"
            and installed.is_file()
            and installed.read_text() == "requirements-dev.lock"
        ):
            lock = ROOT / "requirements-dev.lock"  # what tests need on top does no harm, and is not taken out again
        packages(lock)
        installed.write_text(lock.name)
        assets()
    except CannotSetUp as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130  # the step that was cut off has no stamp, and is done again
    return 0


if __name__ == "__main__":
    sys.exit(main())
