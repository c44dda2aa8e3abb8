"""The questions that the simulation answers: one module each, with ``run`` and ``draw``."""
