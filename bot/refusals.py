"""Why something was not done, each with the sentence that the person reads."""

from __future__ import annotations

from collections.abc import Mapping


class Refusal(Exception):
    """That was not done."""

    @property
    def sentence(self) -> str:
        """What happened, what was kept and what to do, for the person."""
        return str(self) or (type(self).__doc__ or "").strip()


class Stranger(Refusal):
    """Baton does not know you yet. Ask your administrator to add you to the setup."""


class NoPart(Refusal):
    """There is no such case that you have a part in."""


class NotForYou(Refusal):
    """That is for somebody else to do."""


class Overtaken(Refusal):
    """That was not saved: somebody was faster."""


class NotMatched(Refusal):
    """Code and patient have not been matched by both sites yet."""


class CannotStart(Refusal):
    """A referral cannot be started from here."""


class NobodyOnDuty(Refusal):
    """Nobody takes duty at the center now."""


class BadFields(Refusal):
    """Some fields need another look."""

    def __init__(self, sentences: Mapping[str, str]) -> None:
        super().__init__(" ".join(sentences.values()))
        self.sentences = dict(sentences)
        """Field name to sentence."""


class SetupRefused(Refusal):
    """The setup was not changed."""


class NotThisWay(Refusal):
    """That is done in another way."""
