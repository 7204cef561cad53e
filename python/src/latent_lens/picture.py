"""The last figure as a picture: what a saved notebook shows where there is no kernel."""

from __future__ import annotations

import base64
from html import escape
from uuid import uuid4

from IPython.display import display, update_display

#: The explorer's style sheet hides what is of this class, as long as the explorer itself is there.
_CLASS = "latent-lens-picture"


class Picture:
    """An output of its own below the explorer, wherever that is shown; empty until there is a figure."""

    def __init__(self) -> None:
        self._id = f"{_CLASS}-{uuid4()}"
        self._bundle = _bundle(f'<div class="{_CLASS}"></div>', "")
        self._is_shown = False

    def show(self) -> None:
        """Puts it below the cell that is running."""
        display(self._bundle, raw=True, display_id=self._id)
        self._is_shown = True

    def take(self, png: bytes, width: int, summary: str, caption: str) -> None:
        """Replaces it wherever it was put; ``width`` in CSS pixels."""
        data = base64.b64encode(png).decode()
        html = (
            f'<figure class="{_CLASS}"><img src="data:image/png;base64,{data}" width="{int(width)}" '
            f'alt="{escape(summary)}"><figcaption>{escape(caption)}</figcaption></figure>'
        )
        self._bundle = _bundle(html, summary)
        # In other notebooks than Jupyter's it never is.
        if self._is_shown:
            update_display(self._bundle, raw=True, display_id=self._id)


def _bundle(html: str, text: str) -> dict[str, str]:
    return {"text/html": html, "text/plain": text}
