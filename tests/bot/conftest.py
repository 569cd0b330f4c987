"""A bot beside a sandbox: real Bolt, real slack_sdk, real Socket Mode."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.app import check_installation, new_client
from bot.demo import Cast, gather, open_sandbox, settings_for, setup_for
from bot.installing import install
from sandbox import Sandbox
from scheduler.delivery import Timings
from scheduler.ticker import Pulse
from storage.clock import TravellingClock
from tests.beside import Beside, start_beside
from tests.conftest import T0
from tests.slack_contract import sent_problems
