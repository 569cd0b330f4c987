"""How changes of many items are called where they are kept, and how rows end."""

from bot.undoing import BY_PLAN

CONFIRMED = "confirmed"
"""Somebody confirmed the end of a row, and settled its items."""
SECOND, LEFT_OUT, RELAPSED = "second CAR T", "left out", "relapse"
BY_ITSELF = frozenset({SECOND, LEFT_OUT, RELAPSED})
"""How a row of a plan ends by what was recorded of the journey."""
OTHER_PROTOCOL = "other protocol"
"""How a row ends that a newer version of the protocol has not."""


CLOSED = "left the plan"
"""Its row makes it no more: it is not needed, until the plan makes it again."""
BACK = "back in the plan"
"""It is made by its row again, and stands as it stood before."""
HELD = "held in hospital"
"""The patient was admitted: what would be due meanwhile waits."""
STILL = "still in hospital"
"""What waits for the end of a stay waits on, by a week."""
TAKEN_UP = "taken up after hospital"
"""The patient has left hospital: what waited for it goes on."""
FOUND = "found again"
"""A patient who was lost comes to the practice again."""
GIVEN = "given"
"""Somebody was named to do it."""
AROUND = BY_PLAN | {CLOSED, BACK, GIVEN}
"""Changes that leave what an item waits for as it was, or give it back."""
