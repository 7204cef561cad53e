"""Puts into the wheel what `cargo xtask python` has made in `build/python`: the element, its settings, the program."""

from __future__ import annotations

import platform
import re
import sys
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Platform(BuildHookInterface):
    """Makes a wheel of one system: the program is a part of it."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        made = Path(self.root).parent / "build" / "python" / "latent_lens"
        programs = list((made / "bin").glob("latent-lens*"))
        if not programs:
            raise SystemExit(f"{made} has no program: `cargo xtask python` makes it, and this wheel.")
        build_data["force_include"][str(made)] = "latent_lens"
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{_platform(programs[0])}"


def _platform(program: Path) -> str:
    """Of Linux, the oldest C library that has all that the program asks for; of macOS, the oldest for which Rust builds.

    A Python for macOS may be of both processors, the program is of one.
    """
    if sys.platform == "darwin":
        return "macosx_11_0_arm64" if platform.machine() == "arm64" else "macosx_10_12_x86_64"
    system = re.sub("[-.]", "_", sysconfig.get_platform())
    if not system.startswith("linux_"):
        return system
    asked = re.findall(rb"GLIBC_2\.(\d+)", program.read_bytes())
    return system.replace("linux", f"manylinux_2_{max(map(int, asked))}")
