"""Errors: everything that talkies refuses, in one tree; each error writes its own sentence.

    TalkiesError                 exit code 2
    ├── InputError               something that was given cannot be used
    │   ├── TimelineError        a timeline file
    │   ├── MediaError           a movie, image sequence or sound file
    │   ├── SubtitleError        a subtitle file
    │   ├── WeightsError         a checkpoint or its configuration
    │   ├── EngineError          an engine of somebody else's, in a process of its own
    │   └── ArgumentError        an option or a prompt
    ├── OutputError              a result that cannot be written; nothing was left half-written
    ├── MissingExtraError        an optional part of the installation is needed
    └── CancelledError           the user stopped the work; finished takes stay

A sentence names the thing, what is wrong with it, and what to do: ``subject: problem; cure``.
"""

from __future__ import annotations

from pathlib import Path

_MOST_WORDS = 120
"""Letters of what somebody else says, so that a sentence is read to its end."""


class TalkiesError(Exception):
    """Root of all errors that a user can meet. ``exit_code`` is what the command line returns."""

    exit_code = 2

    def __init__(self, subject: str | Path, problem: str, cure: str = "") -> None:
        super().__init__(subject, problem, cure)
        self.subject, self.problem, self.cure = str(subject), problem, cure

    def __str__(self) -> str:
        sentence = f"{self.subject}: {self.problem}"
        return " ".join(f"{sentence}; {self.cure}".split()) if self.cure else " ".join(sentence.split())


class InputError(TalkiesError):
    """Something that was given cannot be used; nothing was written."""


class TimelineError(InputError):
    """A timeline file cannot be read as a timeline."""


class MediaError(InputError):
    """A movie, image sequence or sound file is missing, broken or of the wrong kind."""


class SubtitleError(InputError):
    """A subtitle file cannot be read."""


class WeightsError(InputError):
    """A checkpoint is missing, corrupt, or does not fit the model's configuration."""


class EngineError(InputError):
    """An engine of somebody else's does not do what it was asked; its process is ended where it cannot go on."""


class ArgumentError(InputError):
    """An option, a prompt or a name is not usable."""


class OutputError(TalkiesError):
    """A result cannot be written; what stood there before is untouched."""


class MissingExtraError(TalkiesError):
    """An optional part of the installation is needed; the cure names the command."""


class CancelledError(TalkiesError):
    """The user stopped the work; what was finished before stays."""

    exit_code = 1


def in_one_line(said: str | BaseException) -> str:
    """What a library or another program says, as a part of a sentence: one line, its beginning; of an exception that
    says nothing its kind."""
    words = " ".join(str(said).split())[:_MOST_WORDS]
    return words if words or isinstance(said, str) else type(said).__name__
