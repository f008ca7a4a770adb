"""What mini has prepared of a brief: conditions for the network, and what rules make in its stead or beside it."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from talkies.core.conditioning.prompt.naming import Words
from talkies.core.engines.base import Prepared
from talkies.core.engines.described import Described
from talkies.core.engines.ruled import Ruled
from talkies.core.flow.windows import Window
from talkies.core.model.conditions import Conditions
from talkies.core.times import TimeRange


@dataclass(frozen=True)
class Named:
    """What the words of a prompt name, and where somebody speaks meanwhile (T,) so that nothing is sketched there; None
    where effects have the track to themselves, and what is not named is silent."""

    words: Words
    unwanted: Words
    spoken: Tensor | None = None
    inside: TimeRange | None = None


@dataclass(frozen=True, kw_only=True)
class MiniPrepared(Prepared):
    """``conditions`` of the flow model, and the ``negative`` branch that guidance leads away from (None:
    unconditional). ``stretches``: the only ones that are made; None: the whole. ``audible``: where
    something may be heard (T,), None everywhere. ``named``: what the prompt names.
    ``ruled``: rules that make the sound in the network's stead. ``described``: sounds with times of their own;
    ``quiet``: nothing sounds but these.
    """

    conditions: Conditions
    negative: Conditions | None = None
    stretches: tuple[Window, ...] | None = None
    audible: Tensor | None = None
    named: Named | None = None
    ruled: Ruled | None = None
    described: tuple[Described, ...] = ()
    quiet: bool = False

    @property
    def source(self) -> str:
        return "network" if self.ruled is None else "rules"
