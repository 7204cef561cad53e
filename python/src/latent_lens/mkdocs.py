"""The plugin for MkDocs: ``plugins: [latent-lens]`` in ``mkdocs.yml``.

A line of its own such as ``{{< latent-lens classes="0,1" dims=12 >}}`` is the element with these settings.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from markdown import Markdown
from markdown.blockprocessors import BlockProcessor
from markdown.extensions import Extension
from mkdocs.config.base import Config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin
from mkdocs.structure.pages import Page
from mkdocs.utils import get_relative_url

from . import element
from .refusal import Refusal

_SHORTCODE = re.compile(r"\{\{<\s*latent-lens(?:\s+(.*?))?\s*>\}\}", re.DOTALL)


class Shortcode(BlockProcessor):
    """A paragraph that is a shortcode and nothing else; one in code stays as it is."""

    def test(self, _: ElementTree.Element, block: str) -> bool:
        """Whether it is one."""
        return _SHORTCODE.fullmatch(block.strip()) is not None

    def run(self, parent: ElementTree.Element, blocks: list[str]) -> None:
        """Puts the element in its place."""
        said = _SHORTCODE.fullmatch(blocks.pop(0).strip())
        try:
            attributes = element.parse((said and said[1]) or "")
        except Refusal as refusal:
            raise PluginError(str(refusal)) from refusal
        ElementTree.SubElement(parent, "latent-lens", attributes)


class Shortcodes(Extension):
    """Of Python-Markdown."""

    def extendMarkdown(self, md: Markdown) -> None:
        """Before paragraphs, and after code that is indented."""
        md.parser.blockprocessors.register(Shortcode(md.parser), "latent-lens", 75)


class Options(Config):  # type: ignore[no-untyped-call]
    """Of the plugin in ``mkdocs.yml``: it takes none, settings stand in the pages."""


class Plugin(BasePlugin[Options]):  # type: ignore[no-untyped-call]
    """What MkDocs calls."""

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Adds the shortcode to Markdown."""
        config.markdown_extensions.append("latent_lens.mkdocs:Shortcodes")
        return config

    def on_page_content(self, html: str, *, page: Page, **_: Any) -> str:
        """Only pages that have the element ask for its code."""
        if "<latent-lens" not in html:
            return html
        address = get_relative_url(f"{element.FOLDER}/{element.MODULE}", page.url)
        return f'{html}\n<script type="module" src="{address}"></script>'

    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Puts the element's files into the site."""
        element.write(Path(config.site_dir) / element.FOLDER)
