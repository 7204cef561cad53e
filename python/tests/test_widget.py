"""The widget's end in the kernel: traits, what pages are given, and reports that come in pieces."""

import gzip
import json
import re
import sys

import numpy as np
import pandas as pd
import pytest
import traitlets

from latent_lens import Lens, Refusal, __version__, picture, site, widget
from latent_lens.settings import PROPERTIES


class Page:
    """What a page hears, and has asked."""

    def __init__(self, lens, monkeypatch):
        self.lens = lens
        self.heard = []
        monkeypatch.setattr(lens, "send", lambda content, buffers=None: self.heard.append((content, buffers)))

    def ask(self, what, buffers=(), **more):
        self.lens._hear(self.lens, {"ask": what, "id": "7", **more}, list(buffers))
        return self.heard.pop()


def test_settings_are_traits_of_their_kind():
    lens = Lens(dims=np.int64(4), hidden_layers=[8], kind="dense", sort=False, beta=0.5)
    assert (lens.dims, lens.epochs, lens.hidden_layers) == (4, 50, [8])
    assert type(lens.dims) is int
    assert lens.trait_metadata("learning_rate", "sync")
    assert PROPERTIES["image_colours"] == "imageColours"
    assert lens.trait_metadata("dims", "help").startswith("Latent dimensions: ")
    with pytest.raises(traitlets.TraitError):
        lens.kind = "deep"
    with pytest.raises(traitlets.TraitError):
        lens.dims = "four"
    with pytest.raises(TypeError, match="no setting 'dimensions'"):
        Lens(dimensions=4)
    lens.dimension = 2
    assert lens.selected == (2, None, None)


def test_a_page_is_given_images_as_they_are(monkeypatch):
    images = np.random.default_rng(1).random((3, 4, 5))
    page = Page(Lens(images, ["a", "b", "a"], title="mine"), monkeypatch)
    told, (data,) = page.ask("images")
    assert told["images"] == {"shape": (3, 4, 5, 1), "name": "mine", "labels": ["a", "b", "a"]}
    assert (np.frombuffer(data, np.float32) == images.astype(np.float32).ravel()).all()
    page.lens.give(pd.DataFrame({"height": [1.0, 2], "width": [3.0, 4]}))
    assert page.heard.pop() == ({"act": "images"}, None)
    told, _ = page.ask("images")
    assert told["images"]["shape"] == (2, 1, 2)
    assert told["images"]["columns"] == ["height", "width"]
    assert Page(Lens(), monkeypatch).ask("images")[0]["found"] is False
    with pytest.raises(Refusal):
        Lens(np.zeros((3, 48)))


def test_a_page_is_given_a_model_by_its_files(monkeypatch):
    page = Page(Lens(model=b"\x08\x07"), monkeypatch)
    told = {"id": "7", "names": ["model.onnx"], "functions": [], "shape": (28, 28, 1)}
    assert page.ask("model") == (told, [b"\x08\x07"])


def test_functions_are_called_for_the_page_and_their_errors_told(monkeypatch):
    images = np.random.default_rng(1).random((5, 4, 3))

    def encode(rows):
        assert rows.shape[1:] == (4, 3, 1) and rows.dtype == np.float32
        return rows.sum(axis=(1, 2))

    page = Page(Lens(images, encode=encode, decode=lambda latents: 1 / len(latents[0, 1:])), monkeypatch)
    assert page.ask("model")[0]["functions"] == ["encode", "decode"]
    rows = images[:2].astype(np.float32)
    _, (made,) = page.ask("encode", [rows.tobytes()], count=2)
    assert np.allclose(np.frombuffer(made, np.float32), images[:2].sum(axis=(1, 2)))
    told, _ = page.ask("decode", [made], count=2)
    assert told["refused"] == "ZeroDivisionError: division by zero"
    # Of the function, and of nothing that called it.
    assert page.lens.traceback.count('  File "') == 1 and "1 / len(" in page.lens.traceback
    page.lens.explain(encode=encode)
    assert page.lens.traceback == ""
    for wrong in ({"decode": encode}, {"encode": 3}, {"encode": encode, "model": b"\x08"}):
        with pytest.raises(Refusal):
            Lens(images, **wrong)


def test_the_files_of_the_webgpu_engine_go_only_to_who_can_use_them(monkeypatch):
    names, contents = site.packed(webgpu=False)
    assert {"latent-lens.js", "worker.js", "engine-cpu_bg.wasm", "data/presets.json"} <= set(names)
    assert gzip.decompress(contents[names.index("engine-cpu_bg.wasm")]).startswith(b"\0asm")
    more = Page(Lens(), monkeypatch).ask("files", webgpu=True)[0]["names"]
    assert {name for name in more if name not in names} >= {"engine-webgpu_bg.wasm"}


def test_every_file_that_the_element_and_its_workers_ask_for_is_there():
    names, contents = site.packed(webgpu=True)
    code = "".join(
        gzip.decompress(content).decode() for name, content in zip(names, contents, strict=True) if name.endswith(".js")
    )
    # What has a folder or a server before it is an address in a text.
    asked = set(re.findall(r"""["'`]([\w-]+\.js|data/[\w-]+\.json)["'`]""", code))
    assert {"worker.js", "black-boxes.js", "data/presets.json"} <= asked
    assert asked <= set(names)


def test_a_report_comes_in_pieces():
    lens = Lens()
    numbers = np.arange(6, dtype=np.float32).tobytes()
    mean = {"shape": [2, 3], "data": {"array": "Float32Array", "at": 0, "count": 6}}
    text = json.dumps(
        {
            "classes": [{"label": 0, "name": "a"}, {"label": 1, "name": "b"}],
            "latent_importance": {"mean": mean},
        }
    )
    seen = []
    lens.observe(lambda change: seen.append(change.new), "report")
    lens._hear(lens, {"tell": "report", "from": "one", "piece": 0}, [numbers[:10]])
    lens._hear(lens, {"tell": "report", "from": "other", "piece": 0}, [b"of another view"])
    assert lens.report is None
    lens._hear(lens, {"tell": "report", "from": "one", "piece": 1, "text": text}, [numbers[10:]])
    assert seen == [lens.report]
    assert lens.report.latent_importance.loc["b"].tolist() == [3, 4, 5]
    assert lens.report.pixel_importance is None


def test_an_output_below_the_explorer_is_its_last_figure(monkeypatch):
    shown, replaced = [], []
    monkeypatch.setattr(picture, "display", lambda bundle, **how: shown.append((bundle, how["display_id"])))
    monkeypatch.setattr(picture, "update_display", lambda bundle, **how: replaced.append((bundle, how["display_id"])))
    explorers = []
    monkeypatch.setattr(widget, "display", lambda data, **how: explorers.append(data))
    lens = Lens()
    told = {"tell": "picture", "width": 640, "summary": 'Bars of "a" & <b>', "caption": "Measured on 3 < 4 images."}
    nowhere = Lens()
    nowhere._hear(nowhere, told, [memoryview(b"\x89PNG")])
    assert replaced == []
    lens._ipython_display_()
    (empty, place), (explorer,) = shown.pop(), explorers
    assert "application/vnd.jupyter.widget-view+json" in explorer and "run this cell" in explorer["text/plain"]
    assert "img" not in empty["text/html"] and empty["text/plain"] == ""

    lens._hear(lens, told, [memoryview(b"\x89PNG")])
    ((bundle, where),) = replaced
    assert where == place and bundle["text/plain"] == 'Bars of "a" & <b>'
    assert 'src="data:image/png;base64,iVBORw=="' in bundle["text/html"]
    assert 'alt="Bars of &quot;a&quot; &amp; &lt;b&gt;"' in bundle["text/html"]
    assert "3 &lt; 4 images" in bundle["text/html"]
    # Where the explorer is shown once more, so is what it showed last.
    lens._ipython_display_()
    assert shown == [(bundle, place)]


def test_no_library_is_imported_that_was_not_there():
    assert not {"torch", "tensorflow", "keras", "jax"} & set(sys.modules)
    assert __version__
