"""What the tests need of the machine: a browser, a Japanese font, gettext, a Redis server. As root it is installed, else named."""

import os
import shutil
import subprocess
import sys
from pathlib import Path


def _has_japanese_font() -> bool:
    return any(Path("/usr/share/fonts").rglob("NotoSansCJK*")) or bool(
        shutil.which("fc-list") and subprocess.run(["fc-list", ":lang=ja"], capture_output=True, check=False).stdout.strip()
    )


def missing() -> dict[str, str]:
    """Debian packages that are not there, each with what it is for."""
    found = {
        "chromium": (bool(browser()), "the browser that the journeys drive"),
        "fonts-noto-cjk": (_has_japanese_font(), "Japanese in screenshots"),
        "gettext": (bool(shutil.which("xgettext") and shutil.which("msgmerge")), "collects the texts to translate"),
    }
    return {package: reason for package, (there, reason) in found.items() if not there}


def wanted() -> dict[str, str]:
    """What is better from the machine, but comes from a wheel where it is not."""
    if shutil.which("redis-server") or os.environ.get("TEST_REDIS_URL"):
        return {}
    return {"redis-server": "the broker of the tests with a separate worker"}


def browser() -> str | None:
    """Debian's Chromium."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


def main() -> int:
    """Install what is missing, or name it."""
    needed, welcome = missing(), wanted()
    if os.geteuid() == 0 and shutil.which("apt-get") and (needed or welcome):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        packages = [*needed, *welcome]
        print("Installing", *packages, "…", flush=True)
        for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *packages]):
            result = subprocess.run(["apt-get", *command], env=environment, stdout=subprocess.DEVNULL, check=False)
            if result.returncode:
                print("apt-get", *command, "failed", file=sys.stderr)
        needed = missing()
    if needed:
        print("The machine lacks Debian packages. Install them as root:", file=sys.stderr)
        print("  apt-get install", *needed, file=sys.stderr)
        for package, reason in needed.items():
            print(f"  {package}: {reason}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
