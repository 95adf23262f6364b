"""What can go wrong for a user, said so that the user can mend it.

Everything that a user can put right is a :class:`SimError`: the command line prints it and exits with
its ``exit_code``, without a traceback. Anything else that escapes is a defect of this package.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["InputError", "Problem", "RunError", "SimError", "cause", "did_you_mean", "listing"]


class SimError(Exception):
    """Base of all errors that a user can mend."""

    exit_code = 2


class RunError(SimError):
    """A run failed although its input was accepted."""

    exit_code = 1


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong with what a user gave.

    Printed as ``file:line: path: message``; the parts that are not known are left out.
    """

    file: str = ""
    line: int = 0
    path: str = ""
    message: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.file and self.line else self.file
        return ": ".join(part for part in (place, self.path, self.message) if part)


class InputError(SimError):
    """Input that cannot be used, with every problem that was found in it.

    Parameters
    ----------
    problems
        One message, one :class:`Problem`, or several of them.

    """

    def __init__(self, problems: str | Problem | Iterable[Problem]) -> None:
        if isinstance(problems, str):
            problems = [Problem(message=problems)]
        elif isinstance(problems, Problem):
            problems = [problems]
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[type[InputError], tuple[tuple[Problem, ...]]]:
        return type(self), (self.problems,)

    def at(self, file: str | Path, line: int = 0, path: str = "") -> InputError:
        """Return the same problems, placed in a file where they do not name one themselves."""
        return type(self)(
            problem if problem.file else Problem(str(file), line, problem.path or path, problem.message)
            for problem in self.problems
        )


def cause(error: Exception) -> str:
    """Return why a file could not be read or written, in words and without the system's numbers and paths."""
    for kind, words in _CAUSES.items():
        if isinstance(error, kind):
            return words
    if isinstance(error, OSError) and error.strerror:
        return error.strerror[:1].lower() + error.strerror[1:]
    return str(error)


_CAUSES: dict[type[Exception], str] = {
    FileNotFoundError: "there is no such file",
    IsADirectoryError: "it is a folder, not a file",
    NotADirectoryError: "what should be a folder is a file",
    FileExistsError: "there is a file of that name already",
    PermissionError: "permission denied",
    UnicodeDecodeError: "it is not a text in UTF-8; save it as CSV UTF-8",
}


def listing(names: Iterable[object], limit: int = 12) -> str:
    """Return names in the order given, separated by commas, cut after ``limit`` of them."""
    texts = [str(name) for name in names]
    shown = ", ".join(texts[:limit])
    return f"{shown}, ... ({len(texts)} in all)" if len(texts) > limit else shown


def did_you_mean(word: object, allowed: Sequence[object]) -> str:
    """Return ``"; did you mean 'x'?"`` for the nearest allowed word, or an empty string."""
    words = {str(item).lower(): str(item) for item in allowed}
    near = difflib.get_close_matches(str(word).lower(), list(words), n=1, cutoff=0.6)
    return f"; did you mean '{words[near[0]]}'?" if near else ""
