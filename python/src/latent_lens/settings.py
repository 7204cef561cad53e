"""The explorer's settings as traits, made from its own table, which the build writes beside this file."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from numbers import Real
from typing import Any

import traitlets

_TABLE: list[dict[str, Any]] = json.loads((files(__package__) / "settings.json").read_text("utf-8"))


class Number(traitlets.TraitType[Any, Any]):
    """A number, whole or not, as it was given; those of NumPy become Python's."""

    info_text = "a number"

    def validate(self, obj: Any, value: Any) -> Any:
        value = value.item() if hasattr(value, "item") else value
        if isinstance(value, Real) and not isinstance(value, bool):
            return value
        return self.error(obj, value)


def _name(row: dict[str, Any]) -> str:
    """``image_colours`` of ``imageColours``; the folder of the images is ``dataset``, as the attribute is."""
    if row["name"] == "dataset":
        return "dataset"
    return re.sub("[A-Z]", lambda letter: f"_{letter[0].lower()}", row["property"])


def _trait(row: dict[str, Any]) -> traitlets.TraitType[Any, Any]:
    default = row["default"]
    said = {"default_value": default, "help": row["help"]}
    if row["values"] is not None and isinstance(default, str):
        trait: traitlets.TraitType[Any, Any] = traitlets.Enum(row["values"], **said)
    elif isinstance(default, bool):
        trait = traitlets.Bool(**said)
    elif isinstance(default, (int, float)):
        trait = Number(**said)
    elif isinstance(default, list):
        trait = traitlets.List(**said)
    else:
        # A number or nothing, or a number or a word.
        trait = traitlets.Any(**said)
    return trait.tag(sync=True)


#: The element's property of each trait.
PROPERTIES = {_name(row): row["property"] for row in _TABLE}

#: The element's attributes, with the values that each can have where these are few.
ATTRIBUTES: dict[str, list[str] | None] = {row["name"]: row["values"] for row in _TABLE}

#: Holds the traits alone.
Settings = type("Settings", (traitlets.HasTraits,), {_name(row): _trait(row) for row in _TABLE})
