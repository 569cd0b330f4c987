"""How soon others hear of a row that was missed; a center may only set it faster.

A window closes: the doer and a coordinator hear on their next morning. Some working
days later the clinician who is responsible does, and later still the leads, weekly.
"""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, model_validator

from care.knowledge.statements import Packaged

RESPONSIBLE_AFTER = 3
"""Working days after a window closed, on which the responsible clinician hears."""
LEADS_AFTER = 10
"""Working days after which what was missed is left to boards and the leads' list."""


def _days(told: Any) -> Any:
    if isinstance(told, bool) or not isinstance(told, int) or told < 0:
        raise ValueError("must be a whole number of working days, 0 or more")
    return told


Workdays = Annotated[int, BeforeValidator(_days)]


class MissTold(Packaged):
    """After how many working days others hear that a window closed without a word."""

    responsible: Workdays = RESPONSIBLE_AFTER
    """Until the responsible clinician hears; 0: on the same morning as the doer."""
    leads: Workdays = LEADS_AFTER
    """Until it stands on the leads' weekly list at both sites."""

    @model_validator(mode="after")
    def _is_never_slower(self) -> Self:
        if self.responsible > RESPONSIBLE_AFTER or self.leads > LEADS_AFTER:
            raise ValueError(
                "may be set faster, never slower: the responsible clinician hears"
                f" after {RESPONSIBLE_AFTER} working days at the latest, the leads"
                f" after {LEADS_AFTER}"
            )
        if self.responsible > self.leads:
            raise ValueError(
                "the leads never hear before the responsible clinician: responsible"
                " must not be more than leads"
            )
        return self


USUALLY = MissTold()
"""What holds for a row that sets nothing."""


def _unless_usual(told: MissTold | None) -> MissTold | None:
    # Written out or left out, the usual is the same row, with the same digest.
    return None if told == USUALLY else told


Faster = Annotated[MissTold | None, AfterValidator(_unless_usual)]
"""What a center set faster; None: as usual."""
