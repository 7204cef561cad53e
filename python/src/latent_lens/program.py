"""The program of the terminal, which the wheel brings along: the same numbers without a page."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from . import images as pictures
from . import models
from .refusal import Refusal
from .report import Report

#: The program's names of settings that the explorer calls otherwise.
_NAMES = {"hidden_layers": "hidden"}

#: Arguments that are files.
_FILES = ("groups", "test_images", "test_labels")

#: The column of labels in a table that is handed over.
_LABELS = "latent-lens labels"


def analyse(
    images: Any,
    labels: Any = None,
    *,
    model: Any = None,
    out: str | os.PathLike[str] | None = None,
    names: Mapping[Any, str] | None = None,
    size: pictures.Size | None = None,
    channels: pictures.Channels | None = None,
    say: models.Say | None = print,
    **settings: Any,
) -> Report:
    """Trains an autoencoder, or explains one, and measures what it looks at, on all cores of the processor.

    Images, labels, model, names, size and channels are those of ``Lens``. ``out``: a folder for the tables and figures
    that the program writes; without one nothing is kept. ``say`` is given each line that the program tells, such as
    what was done to values. ``settings`` are the arguments of ``latent-lens analyse`` by their names, such as
    ``dims=4``, ``epochs=20`` or ``learning_rate=0.01``; True sets one without a value, a list is joined by commas.
    Raises ``Refusal`` with the program's sentence where it refuses something or fails.
    """
    say = say or (lambda _: None)
    given = pictures.read(images, labels, names=names, size=size, channels=channels)
    with tempfile.TemporaryDirectory(prefix="latent-lens-") as folder:
        work = Path(folder)
        results = Path(out).absolute() if out is not None else work / "results"
        command = [
            str(program()),
            "analyse",
            *_images(given, work),
            *_model(model, given, work, say),
        ]
        _call(
            [*command, *_arguments(settings), "--out", str(results)],
            work,
            say,
            kept=out is not None,
        )
        return Report(json.loads((results / "report.json").read_text("utf-8")))


def program() -> Path:
    """Where the program is; raises ``Refusal`` where this copy of the package has none."""
    path = Path(__file__).with_name("bin") / ("latent-lens.exe" if os.name == "nt" else "latent-lens")
    if not path.is_file():
        raise Refusal("This copy of latent-lens has no program for this system: install a wheel that is made for it.")
    return path


def main() -> NoReturn:
    """Is the command ``latent-lens``: hands everything to the program."""
    command = [str(program()), *sys.argv[1:]]
    if os.name == "nt":
        sys.exit(subprocess.call(command))
    os.execv(command[0], command)


def _images(given: pictures.Images, folder: Path) -> list[str]:
    if given.columns is not None:
        return _table(given, given.columns, folder)
    grey = given.data.shape[3] == 1
    pixels = given.data[..., 0] if grey else given.data
    if given.labels is None:
        np.savez(folder / "images.npz", images=pixels)
    else:
        np.savez(folder / "images.npz", images=pixels, labels=np.asarray(given.labels))
    return ["--images", "images.npz", "--form", "image", *([] if grey else ["--channels", "last"])]


def _table(given: pictures.Images, columns: list[str], folder: Path) -> list[str]:
    labels = given.labels
    with (folder / "table.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(columns if labels is None else [*columns, _LABELS])
        for at, values in enumerate(given.data[:, 0, :, 0]):
            # As many digits as tell the number from all others, and no more.
            texts = [str(value) for value in values]
            rows.writerow(texts if labels is None else [*texts, labels[at]])
    told = ["--images", "table.csv", "--form", "table", "--header", "true", "--decimal", "point"]
    # By their places: a name may be a number.
    kept = [word for at in range(len(columns)) for word in ("--keep", str(at + 1))]
    return [*told, *kept, "--label-column", "none" if labels is None else _LABELS]


def _model(model: Any, given: pictures.Images, folder: Path, say: models.Say) -> list[str]:
    files = models.files(model, say, given.image)
    for name, content in files:
        (folder / name).write_bytes(content)
    return ["--model", *(name for name, _ in files)] if files else []


def _arguments(settings: Mapping[str, Any]) -> list[str]:
    words: list[str] = []
    for name, value in settings.items():
        if value is None or value is False:
            continue
        words.append(f"--{_NAMES.get(name, name).replace('_', '-')}")
        if name in _FILES or isinstance(value, os.PathLike):
            # The program is started in a folder of its own.
            words.append(os.path.abspath(value))
        elif value is not True:
            words.append(_text(value))
    return words


def _text(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return ",".join(f'"{each}"' if "," in str(each) else str(each) for each in value)
    return str(value)


def _call(command: list[str], folder: Path, say: models.Say, *, kept: bool) -> None:
    """Runs the program in a folder; Python's end, and an interrupt, is the program's."""
    error: list[str] = []
    with subprocess.Popen(
        command,
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as run:
        try:
            for line in map(str.rstrip, run.stderr or ()):
                if error or line.startswith("error: "):
                    error.append(line)
                elif _counts(line, kept):
                    say(line)
        except BaseException:
            run.terminate()
            raise
    if run.returncode:
        raise Refusal(_sentence(error))


def _counts(line: str, kept: bool) -> bool:
    """Whether a line is of use; where nothing is kept, what is said of files is not."""
    of_files = line.startswith(("Wrote ", "similarity.csv "))
    return bool(line) and (kept or not of_files) and not line.endswith((": 0 %", ": 100 %"))


def _sentence(error: list[str]) -> str:
    """What the program ended with; below an empty line stands how its command line is written."""
    end = error.index("") if "" in error else len(error)
    return " ".join(error[:end]).removeprefix("error: ") or "The program latent-lens ended without a word."
