"""How results are written: compact JSON, one short row or one field per line."""

import json

import numpy as np


def rounded(values, digits):
    """Nested lists with that many significant digits, so that a diff shows what changed."""
    if isinstance(values, np.ndarray):
        values = values.tolist()
    if isinstance(values, (list, tuple)):
        return [rounded(value, digits) for value in values]
    return float(f"{values:.{digits}g}")


def write(path, content):
    path.write_text(_text(content, 0) + "\n")


def _text(value, indent):
    """Objects and lists of lists are broken into lines, everything else is kept on one."""
    inner, outer = " " * (indent + 1), " " * indent
    if isinstance(value, dict):
        lines = [
            f"{inner}{json.dumps(k)}: {_text(v, indent + 1)}" for k, v in value.items()
        ]
        return "{\n" + ",\n".join(lines) + f"\n{outer}}}"
    if isinstance(value, list) and value and isinstance(value[0], (dict, list)):
        lines = [inner + _text(item, indent + 1) for item in value]
        return "[\n" + ",\n".join(lines) + f"\n{outer}]"
    return json.dumps(value)
