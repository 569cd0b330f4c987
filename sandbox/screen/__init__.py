"""The sandbox in a browser: what its people see and do, at one's own machine.

    address = mount(slack, title="Demo", extras=[Extra("+1 hour", travel)])

It knows nothing of the app that runs there.
"""

from sandbox.screen.chrome import Extra
from sandbox.screen.mounting import dismount, mount

__all__ = ["Extra", "dismount", "mount"]
