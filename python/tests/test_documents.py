"""The element in pages of Sphinx and MkDocs: what stands in them, and what is refused."""

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from latent_lens import Refusal, element


def test_settings_are_attributes_and_others_are_refused():
    assert element.parse('classes="0,1" dims=12 autorun') == {"classes": "0,1", "dims": "12", "autorun": ""}
    assert element.attributes({"preset": "keras-deep", "autorun": None}) == {"preset": "keras-deep", "autorun": ""}
    with pytest.raises(Refusal, match="no setting 'class': it has dataset, classes, "):
        element.parse("class=1")
    with pytest.raises(Refusal, match="metric of latent-lens is 'mae' and has to be one of mse, rmse"):
        element.parse("metric=mae")
    with pytest.raises(Refusal, match="cannot be read"):
        element.parse('classes="0,1')


def test_files_are_those_of_the_element_and_stay_where_they_are_right(tmp_path: Path):
    element.write(tmp_path)
    for name in ("latent-lens.js", "worker.js", "engine-cpu_bg.wasm", "data/presets.json"):
        assert (tmp_path / name).stat().st_size > 0
    assert (tmp_path / "engine-cpu_bg.wasm").read_bytes().startswith(b"\0asm")
    (tmp_path / "worker.js").write_text("of another version")
    before = (tmp_path / "latent-lens.js").stat().st_mtime_ns
    element.write(tmp_path)
    assert (tmp_path / "latent-lens.js").stat().st_mtime_ns == before
    assert (tmp_path / "worker.js").read_text() != "of another version"


def tool(name: str, *words: str | Path) -> Path:
    """Runs a module, whose last argument is the folder that it fills; raises its complaints."""
    ran = subprocess.run([sys.executable, "-m", name, *words], capture_output=True, text=True, check=False)
    if ran.returncode:
        raise RuntimeError(ran.stderr)
    return Path(words[-1])


def build_with_sphinx(folder: Path, page: str, builder: str) -> Path:
    (folder / "conf.py").write_text('extensions = ["latent_lens.sphinx"]\n')
    (folder / "index.rst").write_text("Page\n====\n\n" + textwrap.dedent(page))
    (folder / "other.rst").write_text(":orphan:\n\nOther\n=====\n")
    return tool("sphinx", "--fail-on-warning", "--builder", builder, folder, folder / builder)


def test_sphinx_has_the_element_in_pages_that_ask_for_it(tmp_path: Path):
    page = """
    .. latent-lens::
       :classes: 0,1
       :autorun:

       Bars of *two* dimensions.
    """
    out = build_with_sphinx(tmp_path, page, "html")
    html = (out / "index.html").read_text()
    assert '<latent-lens classes="0,1" autorun=""><p>Bars of <em>two</em> dimensions.</p>\n</latent-lens>' in html
    assert 'type="module"' in html and "_static/latent-lens/latent-lens.js" in html
    assert "latent-lens.js" not in (out / "other.html").read_text()
    assert (out / "_static/latent-lens/worker.js").is_file()
    text = (build_with_sphinx(tmp_path, page, "text") / "index.txt").read_text()
    assert "Bars of *two* dimensions." in text
    text = (build_with_sphinx(tmp_path, "\n.. latent-lens::\n", "text") / "index.txt").read_text()
    assert "The explorer that stands here is in this document’s form as HTML." in text


def test_sphinx_refuses_other_settings(tmp_path: Path):
    with pytest.raises(RuntimeError, match="has to be one of mse, rmse"):
        build_with_sphinx(tmp_path, "\n.. latent-lens::\n   :metric: mae\n", "html")


def test_mkdocs_has_the_element_where_its_line_is(tmp_path: Path):
    docs = tmp_path / "docs"
    (docs / "deeper").mkdir(parents=True)
    (docs / "index.md").write_text("# Other\n\n    {{< latent-lens >}}\n\n```\n{{< latent-lens >}}\n```\n")
    (docs / "deeper" / "page.md").write_text('# Page\n\n{{< latent-lens classes="0,1" autorun >}}\n\nText.\n')
    (tmp_path / "mkdocs.yml").write_text("site_name: Site\nplugins: [latent-lens]\n")

    words = ("build", "--strict", "--config-file", tmp_path / "mkdocs.yml", "--site-dir", tmp_path / "site")
    site = tool("mkdocs", *words)
    html = (site / "deeper" / "page" / "index.html").read_text()
    assert '<latent-lens autorun="" classes="0,1"></latent-lens>' in html
    assert '<script type="module" src="../../latent-lens/latent-lens.js"></script>' in html
    assert (site / "latent-lens" / "worker.js").is_file()
    other = (site / "index.html").read_text()
    assert "<latent-lens" not in other and "latent-lens.js" not in other

    (docs / "index.md").write_text("{{< latent-lens metric=mae >}}\n")
    with pytest.raises(RuntimeError, match="(?s)index.md.*metric of latent-lens is 'mae'"):
        tool("mkdocs", *words)
