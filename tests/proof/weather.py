"""What befalls the processes, the network and the database of one history."""

from __future__ import annotations

import random
from dataclasses import dataclass

from tests.proof.points import Point


@dataclass(frozen=True)
class Weather:
    """How likely each trouble is, at each point or call."""

    kill: float = 0.0
    freeze: float = 0.0
    network: float = 0.0
    database: float = 0.0
    late: float = 0.0
    """Of the calls that fail, this share is delivered long afterwards."""
    refusals: float = 0.0
    sluggish: float = 0.0
    """Of the calls that fail, this share arrives just after it was given up."""
    slow: float = 0.0
    """Of all calls, this share is answered only after seconds, which is no fault."""
    mute: float = 0.0
    """Of the calls that fail, this share arrives and is not answered."""
    slow_history: float = 0.0
    """How many seconds, at the most, until a message can be found."""
    sharp: Point | None = None
    """Where an adversary stops processes, far more often than elsewhere."""

    @property
    def is_calm(self) -> bool:
        """Tell whether nothing befalls anybody."""
        return self == CALM


CALM = Weather()
SHARP = 0.5
LONG = 0.5
"""Of the stops, this share is longer than a lease."""


STORMS = {
    "calm": CALM,
    "sudden ends": Weather(kill=0.08),
    "cut lines": Weather(network=0.5),
    "slow answers": Weather(slow=0.5),
    "slow mail": Weather(network=0.5, sluggish=0.8, slow_history=10.0),
    "sleep before the post": Weather(freeze=0.03, sharp=Point.BEFORE_POST),
    "sleep after the look": Weather(
        kill=0.02, network=0.6, mute=0.5, sharp=Point.AFTER_LOOK
    ),
    "late mail": Weather(network=0.5, sluggish=0.6, late=0.3),
    "long sleep": Weather(freeze=0.1, network=0.1),
}
"""Each brings out one kind of mistake sooner than the mixture does."""


def draw(rng: random.Random) -> Weather:
    """Draw the weather of one history: a storm, or a mixture; some with late mail."""
    kind = rng.random()
    if kind < 0.3:
        return rng.choice(list(STORMS.values()))
    return Weather(
        kill=rng.choice((0.0, 0.01, 0.03)),
        freeze=rng.choice((0.0, 0.02, 0.05)),
        network=rng.choice((0.0, 0.1, 0.3)),
        database=rng.choice((0.0, 0.0, 0.02)),
        late=0.3 if kind > 0.9 else 0.0,
        refusals=rng.choice((0.0, 0.0, 0.03)),
        sluggish=rng.choice((0.0, 0.0, 0.6)),
        slow=rng.choice((0.0, 0.0, 0.2)),
        slow_history=rng.choice((0.0, 1.0, 10.0)),
        sharp=rng.choice((None, *Point)),
    )


def draw_stop(rng: random.Random) -> float:
    """Draw for how long a process is stopped."""
    if rng.random() < LONG:
        return rng.uniform(30.0, 150.0)
    return rng.uniform(0.1, 30.0)
