"""The files of the element, compressed as they are packed, for the page that shows it."""

from __future__ import annotations

from importlib.resources import as_file, files


def packed(*, webgpu: bool) -> tuple[list[str], list[bytes]]:
    """Names and gzip-compressed contents; those of the WebGPU engine are large, and only for who can use them."""
    with as_file(files(__package__) / "site") as site:
        found = {path.relative_to(site).as_posix().removesuffix(".gz"): path for path in sorted(site.rglob("*.gz"))}
        chosen = [name for name in found if webgpu or "-webgpu" not in name]
        return chosen, [found[name].read_bytes() for name in chosen]
