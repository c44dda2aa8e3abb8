"""When the next request may be sent: as soon as the limit allows, and never sooner.

- :mod:`.state` and :mod:`.window`: a mirror of the server's window, as a value and pure functions on it.
- :mod:`.strategies`: the ways to keep a pace, to compare them.
- :mod:`.told`: what the header fields of an answer tell of limits.
- :mod:`.pacer`: the state of one process's threads; :mod:`.shared_file`: of several processes.
- :mod:`.backoff`: how long to wait after a refusal.
"""
