"""The element in pages that a tool builds: its files in a folder of the site, and what stands in a page."""

from __future__ import annotations

import gzip
import shlex
from collections.abc import Mapping
from pathlib import Path

from . import site
from .refusal import Refusal
from .settings import ATTRIBUTES

#: Where the files are in a site.
FOLDER = "latent-lens"

#: What registers the element, in that folder.
MODULE = "latent-lens.js"

#: Attributes of the element that are no settings.
_BESIDE = ("link", "loading", "poster", "preset")

#: All that may be said of an element.
OPTIONS = (*ATTRIBUTES, *_BESIDE)


def write(folder: Path) -> None:
    """Writes the element's files into ``folder``, which is made; files that are right already stay as they are."""
    for name, packed in zip(*site.packed(webgpu=True)):
        path, content = folder / name, gzip.decompress(packed)
        if path.is_file() and path.read_bytes() == content:
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def attributes(said: Mapping[str, str | None]) -> dict[str, str]:
    """Of settings by name, as they are written: the element's attributes. None stands for one without a value.

    Raises ``Refusal`` where there is no such setting, or it has no such value.
    """
    for name, value in said.items():
        if name not in OPTIONS:
            raise Refusal(f"latent-lens has no setting {name!r}: it has {', '.join(OPTIONS)}.")
        values = ATTRIBUTES.get(name)
        if value and values and value not in values:
            raise Refusal(f"{name} of latent-lens is {value!r} and has to be one of {', '.join(values)}.")
    return {name: value or "" for name, value in said.items()}


def parse(words: str) -> dict[str, str]:
    """The same of a shortcode's words, such as ``classes="0,1" dims=12 autorun``."""
    try:
        parts = [word.partition("=") for word in shlex.split(words)]
    except ValueError as error:
        raise Refusal(f"A shortcode of latent-lens cannot be read ({error}): {words.strip()}") from error
    return attributes({name: value for name, _, value in parts})
