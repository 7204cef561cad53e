"""The directive ``latent-lens`` for Sphinx: ``extensions = ["latent_lens.sphinx"]`` in ``conf.py``.

Its options are the element's settings, as attributes have them; what stands in it is shown until a reader has it run,
and in other forms than HTML instead of it.
"""

from __future__ import annotations

import html
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from . import __version__, element
from .refusal import Refusal

_ELSEWHERE = "The explorer that stands here is in this document’s form as HTML."


class LatentLens(nodes.General, nodes.Element):
    """The element; its children are what it shows until it is run."""


class Directive(SphinxDirective):
    """``.. latent-lens::``"""

    has_content = True
    option_spec: ClassVar[dict[str, Any]] = dict.fromkeys(element.OPTIONS, directives.unchanged)

    def run(self) -> list[nodes.Node]:
        """The element in the document."""
        try:
            attributes = element.attributes(self.options)
        except Refusal as refusal:
            raise self.error(str(refusal)) from refusal
        node = LatentLens("", attributes=attributes)
        self.set_source_info(node)
        self.state.nested_parse(self.content, self.content_offset, node)
        return [node]


def _is_page(app: Sphinx) -> bool:
    return app.builder.format == "html" and not app.builder.name.startswith("epub")


def _stand_in(app: Sphinx, doctree: nodes.document, _: str) -> None:
    """Where there are no scripts, what stands in the element takes its place."""
    if _is_page(app):
        return
    for node in list(doctree.findall(LatentLens)):
        node.replace_self(node.children or nodes.paragraph("", _ELSEWHERE))


def _visit(translator: Any, node: LatentLens) -> None:
    said = "".join(f' {name}="{html.escape(value)}"' for name, value in node["attributes"].items())
    translator.body.append(f"<latent-lens{said}>")


def _depart(translator: Any, _: LatentLens) -> None:
    translator.body.append("</latent-lens>\n")


def _write(app: Sphinx) -> None:
    if _is_page(app):
        element.write(Path(app.outdir) / "_static" / element.FOLDER)


def _load(app: Sphinx, _: str, __: str, ___: dict[str, Any], doctree: nodes.document | None) -> None:
    """Only pages that have the element ask for its code."""
    if doctree is not None and next(iter(doctree.findall(LatentLens)), None) is not None:
        app.add_js_file(f"{element.FOLDER}/{element.MODULE}", type="module")


def setup(app: Sphinx) -> dict[str, Any]:
    """What Sphinx calls."""
    app.add_node(LatentLens, html=(_visit, _depart))
    app.add_directive("latent-lens", Directive)
    app.connect("builder-inited", _write)
    app.connect("doctree-resolved", _stand_in)
    app.connect("html-page-context", _load)
    return {"version": __version__, "parallel_read_safe": True, "parallel_write_safe": True}
