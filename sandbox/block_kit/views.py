"""Views: the modal and the Home tab around their blocks."""

from sandbox.block_kit.blocks import SURFACES
from sandbox.block_kit.objects import plain
from sandbox.block_kit.rules import Flag, Kinds, Record, Rule, Words

VIEW_BYTES = 250_000
"""The most bytes of JSON that Slack takes for one view."""

_SHARED: dict[str, Rule] = {
    "private_metadata": Words(3000, least=0),
    "callback_id": Words(255, least=0),
    "external_id": Words(255, least=0),
}

VIEW = Kinds(
    {
        "modal": Record(
            must={"title": plain(24), "blocks": SURFACES["modal"]},
            may={
                **_SHARED,
                "submit": plain(24),
                "close": plain(24),
                "clear_on_close": Flag(),
                "notify_on_close": Flag(),
            },
        ),
        "home": Record(must={"blocks": SURFACES["home"]}, may=_SHARED),
    }
)
