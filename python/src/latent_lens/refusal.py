"""The error that says what cannot be used, where, and what to do."""


class Refusal(ValueError):
    """Images, a model or a setting cannot be used; its text is one sentence for people."""
