"""Models as files, and what is said of objects."""

import sys
from types import ModuleType

import pytest

from latent_lens import Refusal
from latent_lens.models import files


def test_files_are_taken_as_they_are(tmp_path):
    path = tmp_path / "mine.onnx"
    path.write_bytes(b"\x08\x08")
    assert files(path, print) == [("mine.onnx", b"\x08\x08")]
    assert files([str(path), path], print) == [("mine.onnx", b"\x08\x08")] * 2
    assert files(None, print) == []
    with pytest.raises(Refusal, match="cannot be read: No such file"):
        files(tmp_path / "absent.onnx", print)
    with pytest.raises(Refusal, match="must be a file's path or bytes"):
        files(3, print)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"PK\x03\x04 metadata.json", "model.keras"),
        (b"PK\x03\x04 archive/data.pkl", "model.pt"),
        (b"\x89HDF\r\n", "model.h5"),
        (b"\x80\x02", "model.pt"),
        (b"\x08\x07", "model.onnx"),
        (b"\x02\0\0\0\0\0\0\0{}", "model.safetensors"),
    ],
)
def test_bytes_get_the_ending_that_their_content_tells(content, name):
    assert files(content, print) == [(name, content)]


def test_a_keras_model_is_saved_in_its_own_format():
    class Model:
        __module__ = "keras.src.models"
        name = "small"

        def save(self, path):
            path.write_bytes(b"saved")

    said = []
    assert files(Model(), said.append) == [("model.keras", b"saved")]
    assert said == ["The Keras model 'small' was saved as .keras, and is read from that."]


def test_a_module_that_cannot_be_exported_gives_its_state(monkeypatch):
    class Module:
        __module__ = "torch.nn"

        def state_dict(self):
            return b"state"

    torch = ModuleType("torch")
    torch.save = lambda what, path: path.write_bytes(what)
    monkeypatch.setitem(sys.modules, "torch", torch)
    said = []
    assert files(Module(), said.append) == [("model.pt", b"state")]
    assert "cannot be exported to ONNX" in said[0]
    assert "does not tell activations" in said[0]
