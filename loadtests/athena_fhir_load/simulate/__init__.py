"""Callers by the thousand, for days, on virtual time: nobody waits, and the same seed decides the same to the byte.

What is simulated are networks, threads and what applications want. What decides is not: the emulator's own limiter
(:mod:`mock_athena.ratelimit`) and the client's own pace (:mod:`athena_fhir_client.pace`), the same functions as on real
time. :func:`simulated` runs a scene; ``python -m athena_fhir_load.simulate`` answers the questions of
:mod:`.studies`; :func:`week` and :func:`draw_week` are there for reports of others.
"""

from athena_fhir_load.simulate.outcome import CrowdFigures, Outcome
from athena_fhir_load.simulate.scene import Behaviour, Crowd, Network, Scene
from athena_fhir_load.simulate.studies.week import draw_week, week
from athena_fhir_load.simulate.world import simulated

__all__ = ["Behaviour", "Crowd", "CrowdFigures", "Network", "Outcome", "Scene", "draw_week", "simulated", "week"]
