"""The program without a page: the numbers of the terminal, and its sentences."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from latent_lens import Refusal, analyse
from latent_lens.program import program

GENERATOR = np.random.default_rng(1)
IMAGES = GENERATOR.random((40, 6, 6)).astype(np.float32)
IMAGES[20:, 2:4, 2:4] = 1
LABELS = ["noise"] * 20 + ["square"] * 20


def test_the_report_is_that_of_the_terminal_to_the_last_bit(tmp_path):
    said = []
    report = analyse(IMAGES, LABELS, dims=3, epochs=3, hidden_layers=[8], say=said.append)
    np.savez(tmp_path / "images.npz", images=IMAGES, labels=np.array(LABELS))
    words = "analyse --images images.npz --form image --dims 3 --epochs 3 --hidden 8 --out results"
    subprocess.run([program(), *words.split()], cwd=tmp_path, check=True, capture_output=True)
    assert report.raw == json.loads((tmp_path / "results/report.json").read_text("utf-8"))
    assert any("2 classes: noise (20), square (20)" in line for line in said)
    assert not any("Wrote" in line or "%" in line for line in said)


def test_tables_of_pandas(tmp_path):
    report = analyse(IMAGES, LABELS, dims=3, epochs=2, say=None, out=tmp_path / "kept")
    assert report.pixel_importance.shape == (36, 3)
    assert report.pixel_importance.index.names == ["row", "col"]
    assert report.pixel_importance.index[7] == (2, 2)
    assert list(report.pixel_importance.columns) == [1, 2, 3]
    assert set(np.unique(report.direction)) <= {-1, 0, 1}
    assert list(report.latent_importance.index) == ["noise", "square"]
    assert report.latents.shape == (6, 3)
    assert list(report.loss.index) == [1, 2]
    written = pd.read_csv(tmp_path / "kept/pixel_importance.csv")
    assert np.allclose(written.filter(like="dim_"), report.pixel_importance, rtol=1e-6)
    assert repr(report).startswith("Report(pixel_importance")


def test_channels_and_columns_keep_their_names():
    colours = GENERATOR.random((20, 3, 4, 4))
    report = analyse(colours, dims=2, epochs=1, permute="channel", say=None)
    assert report.pixel_importance.index.names == ["row", "col", "channel"]
    table = pd.DataFrame(GENERATOR.random((30, 4)), columns=["id", "a, b", "kind", "0"])
    table["label"] = ["x", "y", "z"] * 10
    report = analyse(table, "label", dims=2, epochs=1, say=None)
    assert list(report.pixel_importance.index) == ["id", "a, b", "kind", "0"]
    assert report.pixel_importance.index.name == "column"
    report = analyse(pd.DataFrame(GENERATOR.random((30, 2))), dims=1, epochs=1, say=None)
    assert list(report.pixel_importance.index) == ["0", "1"]
    assert list(report.latent_importance.index) == ["all"]


def test_what_the_program_refuses_is_said_in_its_sentence():
    with pytest.raises(Refusal, match=r"^Latent dimensions must be a whole number from 1 to 512\.$"):
        analyse(IMAGES, dims=0, say=None)
    with pytest.raises(Refusal, match="unexpected argument '--speed' found"):
        analyse(IMAGES, speed=3, say=None)


def test_files_are_found_from_where_python_is(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = "\n".join(f"{pixel},{'left' if pixel % 6 < 3 else 'right'}" for pixel in range(1, 37))
    Path("halves.csv").write_text(f"pixel,group\n{rows}\n", "utf-8")
    report = analyse(IMAGES, dims=2, epochs=1, features="groups", groups="halves.csv", say=None)
    assert report.raw["groups"]["grouping"]["names"] == ["left", "right"]


def test_the_command_is_the_program():
    command = Path(sys.executable).with_name("latent-lens")
    found = subprocess.run([command, "--version"], capture_output=True, text=True, check=True)
    assert found.stdout.startswith("latent-lens ")
