"""What is in the world that the double shows? Made up, or real order lines."""

from core.spapi.sandbox.world.making import seeded
from core.spapi.sandbox.world.model import World
from core.spapi.sandbox.world.real import from_orders

__all__ = ["World", "from_orders", "seeded"]
