"""How do the parts become one instance? Built once, from the settings.

The only part of the house that knows the sandbox.
"""

from core.services.sandboxes import run_demo_sandbox, run_sandbox
from core.services.sync_job import Outcome, SyncJob
from core.services.syncs import RunRecord
from core.services.wiring import Services, build, current

__all__ = [
    "Outcome",
    "RunRecord",
    "Services",
    "SyncJob",
    "build",
    "current",
    "run_demo_sandbox",
    "run_sandbox",
]
