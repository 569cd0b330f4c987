"""The sandbox in a browser: what its people see and do, at one's own machine.

    address = mount(slack, title="Demo", extras=[Extra("+1 hour", travel)])

It knows nothing of the app that runs there.
"""

from sandbox.screen.chrome import Extra
from sandbox.screen.mounting import dismount, mount
from sandbox.screen.tour import TourStep

__all__ = ["Extra", "TourStep", "dismount", "mount"]
