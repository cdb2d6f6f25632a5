"""Why there is no answer: what was asked for, and what is known or has to be run."""

from muster.answers.names import Names


class UnknownNameError(LookupError):
    """Nothing has this name."""

    def __init__(self, field: str, found: str, release: str, names: Names) -> None:
        super().__init__(f"{field}: nothing in release {release} is called {found}")
        self.field = field
        self.found = found
        self._names = names

    def near(self) -> list[str]:
        """Return names that look like it; this takes milliseconds, so it is done only where it is told."""
        return self._names.near(self.found)


class NotServedError(RuntimeError):
    """A model was asked that nobody promoted."""


class NoFeaturesError(RuntimeError):
    """The online store cannot be read."""


class SetSizeError(ValueError):
    """A set of so few or so many genes is no question."""

    def __init__(self, found: str, expected: str) -> None:
        super().__init__(f"genes: found {found}, expected {expected}")
        self.found = found
        self.expected = expected


class BadImageError(ValueError):
    """An upload is not a usable radiograph."""

    def __init__(self, found: str, expected: str) -> None:
        super().__init__(f"image: found {found}, expected {expected}")
        self.found = found
        self.expected = expected
