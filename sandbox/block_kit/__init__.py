"""Says what Slack would refuse in blocks and views, in Slack's own words.

Block Kit is written down here as tables: `objects`, `elements`, `rich_text`,
`blocks` and `views` name each field and its rule, in the vocabulary of `rules`.
What no single block can tell, such as ids that must differ, stands in `across`.

Left out are the blocks of Slack's that an app of forms and cards has no use for
(table, video, file, card, carousel and their kin): they are unsupported here. Slack
asks the network whether an image can be fetched and a user exists; this does not.
"""

import json
from collections.abc import Iterable
from typing import Literal

from sandbox.block_kit import across
from sandbox.block_kit.blocks import SURFACES
from sandbox.block_kit.rules import Problem
from sandbox.block_kit.views import VIEW, VIEW_BYTES

__all__ = ["Surface", "problems", "view_problems"]

Surface = Literal["message", "modal", "home"]


def problems(blocks: object, *, surface: Surface) -> list[str]:
    """Say why Slack would refuse these blocks on this surface; [] if it would not.

    Each sentence begins with the JSON pointer of what is wrong, counted from the
    list of blocks: `/0/text/text: must be less than 3001 characters`. The list as a
    whole is the empty pointer: `: no more than 50 items allowed`. Rules across
    blocks are looked at only once each block is right by itself.
    """
    found = list(SURFACES[surface].check(blocks, ()))
    return _said(found or across.problems_across(blocks, ()))


def view_problems(view: object) -> list[str]:
    """Say why Slack would refuse this modal or Home view; [] if it would not.

    Pointers count from the view: `/title/text: must be less than 25 characters`.
    A view of more than 250 kB of JSON is told as `: view_too_large`.
    """
    if _bytes(view) > VIEW_BYTES:
        return [": view_too_large"]
    found = list(VIEW.check(view, ()))
    return _said(found or across.problems_across_view(view))


def _bytes(view: object) -> int:
    # JSON may carry half of a surrogate pair, which plain UTF-8 could not.
    written = json.dumps(view, default=str, ensure_ascii=False)
    return len(written.encode(errors="surrogatepass"))


def _said(found: Iterable[Problem]) -> list[str]:
    return [str(problem) for problem in found]
