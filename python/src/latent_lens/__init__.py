"""What an autoencoder looks at: an explorer for notebooks, and the same numbers without a page.

``Lens(images, labels)`` shows the explorer; ``analyse(images, labels)`` gives its report.
"""

from importlib.metadata import version

from .program import analyse
from .refusal import Refusal
from .report import Report
from .widget import Lens

__all__ = ["Lens", "Refusal", "Report", "analyse"]

__version__ = version("latent-lens")
