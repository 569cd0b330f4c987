"""What is needed to draw blocks for one person: their eyes, and where they look."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from sandbox.forms import STATE, Values
from sandbox.reading import Reader
from sandbox.things import Json

Surface = Literal["message", "modal", "home"]
NO_ERRORS: Mapping[str, str] = {}


@dataclass(frozen=True)
class Pen:
    """Draws for `reader` what stands on a surface; `key` is the message's key or the
    view's id, `values` what is entered there, `errors` what is wrong by block id.
    `pane` tells the same message in two places apart.
    """

    reader: Reader
    surface: Surface
    key: str
    values: Values = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=lambda: NO_ERRORS)
    pane: str = ""

    def address(self, block_id: str, element: Json) -> dict[str, object]:
        """The attributes by which a browser says which element was used."""
        return {
            "data_surface": self.surface,
            "data_key": self.key,
            "data_block": block_id,
            "data_action": element["action_id"],
        }

    def id(self, block_id: str, element: Json) -> str:
        """An id for the page, unique and without blanks."""
        place = (self.surface, self.pane, self.key)
        parts = (*place, block_id, str(element["action_id"]))
        return "-".join(re.sub(r"[^\w.]", "_", part) for part in parts)

    def value(self, block_id: str, element: Json) -> Any:
        """What is entered in an element now, as `state.values` has it."""
        name, initial, empty = STATE[element["type"]]
        state = self.values.get(block_id, {}).get(element["action_id"])
        return state.get(name) if state else element.get(initial, empty)
