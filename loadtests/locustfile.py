"""All scenarios: ``locust -f loadtests/locustfile.py --host http://127.0.0.1:8080 Polite Greedy``.

Without names all of them take part. One alone: ``-f loadtests/scenarios/polite.py``.
"""

from scenarios.bulk_pipeline import BulkPipeline
from scenarios.bursty import Bursty
from scenarios.crawler import Crawler
from scenarios.fault_storm import FaultStorm
from scenarios.greedy import Greedy
from scenarios.guide import Guide
from scenarios.herd import Herd
from scenarios.many import Many
from scenarios.mixed_day import MixedDay
from scenarios.obedient import Obedient
from scenarios.polite import Polite
from scenarios.portal_sign_ins import PortalSignIns
from scenarios.ramp import Ramp

__all__ = [
    "BulkPipeline",
    "Bursty",
    "Crawler",
    "FaultStorm",
    "Greedy",
    "Guide",
    "Herd",
    "Many",
    "MixedDay",
    "Obedient",
    "Polite",
    "PortalSignIns",
    "Ramp",
]
