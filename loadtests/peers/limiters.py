"""Limiters side by side in one process, ours among them: cost of a decision, and exactness on real time.

Run by ``athena_fhir_load.peers`` with the Python of ``build/peers`` and this repository on the path; prints JSON. 16 in
2 seconds and 100,000 a day, each by the means that the library has for two limits.
"""

import importlib
import json
import sys
import threading
import time
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

from mock_athena.clock import SystemClock
from mock_athena.ratelimit import Limiter, QuotaKey, policy_named

Hit = Callable[[str], bool]

ROUNDS, CALLS, HAMMER, THREADS = 3, 1600, 6.6, 8
_MOST_THREADS = 60  # a library that starts more is not measured: it would disturb everything else
IDEAL = 16 * 4  # what 16 in any 2 seconds admit in 6.6 seconds


def ours() -> Hit:
    limiter = Limiter(policy_named("mission"), SystemClock())
    return lambda key: limiter.hit(QuotaKey("production", "client", key)).allowed


def limits(strategy: str) -> Hit:
    """The library has no call for two limits: the second is asked where the first admits."""
    library = importlib.import_module("limits")
    limiter = getattr(library.strategies, strategy)(library.storage.MemoryStorage())
    burst, day = library.parse("16 per 2 seconds"), library.parse("100000 per day")
    return lambda key: limiter.hit(burst, key) and limiter.hit(day, key)


def pyrate() -> Hit:
    """One limiter with a bucket for each key. A limiter for each key would start a thread for each."""
    library = importlib.import_module("pyrate_limiter")
    rates = [library.Rate(16, 2000), library.Rate(100_000, 86_400_000)]
    buckets: dict[str, Any] = {}
    lock = threading.Lock()

    class Factory(library.BucketFactory):  # type: ignore[misc,name-defined]
        def wrap_item(self, name: str, weight: int = 1) -> Any:
            return library.RateItem(name, time.monotonic_ns() // 1_000_000, weight=weight)

        def get(self, item: Any) -> Any:
            with lock:
                if item.name not in buckets:
                    buckets[item.name] = library.InMemoryBucket(rates)
                return buckets[item.name]

    limiter = library.Limiter(Factory())
    return lambda key: bool(limiter.try_acquire(key, blocking=False))


ENGINES: dict[str, tuple[str, Callable[[], Hit]]] = {
    "ours": ("", ours),
    "limits, fixed window": ("limits", lambda: limits("FixedWindowRateLimiter")),
    "limits, moving window": ("limits", lambda: limits("MovingWindowRateLimiter")),
    "limits, sliding counter": ("limits", lambda: limits("SlidingWindowCounterRateLimiter")),
    "pyrate-limiter": ("pyrate-limiter", pyrate),
}


def cost(make: Callable[[], Hit], refused: bool) -> float:
    """CPU nanoseconds of a decision, the least of several rounds: new keys of eight hits each, or one that is spent."""
    best = float("inf")
    for _ in range(ROUNDS):
        hit = make()
        keys = ["one"] * CALLS if refused else [f"key-{number // 8}" for number in range(CALLS)]
        if refused:
            for _ in range(16):
                hit("one")
        began = time.process_time_ns()
        for key in keys:
            hit(key)
        if threading.active_count() > _MOST_THREADS:
            raise RuntimeError(f"{threading.active_count()} threads were started")
        best = min(best, (time.process_time_ns() - began) / len(keys))
    return best


def hammered(hit: Hit) -> dict[str, float]:
    """Eight threads on one key for 6.6 seconds: how many were admitted, and the least time in which 17 were."""
    admitted: list[float] = []
    until = time.monotonic() + HAMMER
    wrong: list[str] = []

    def run() -> None:
        try:
            while time.monotonic() < until:
                if hit("hammered"):
                    admitted.append(time.monotonic())
                time.sleep(0.0005)  # noqa: TID251 - a pace on real time is what is measured
        except Exception as error:
            wrong.append(f"{type(error).__name__}: {error}")

    threads = [threading.Thread(target=run) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    admitted.sort()
    spans = [late - early for early, late in zip(admitted, admitted[16:], strict=False)]
    return {"admitted": len(admitted), "ideal": IDEAL, "least17": min(spans, default=HAMMER), "errors": len(wrong)}


def main() -> None:
    found = {}
    for name, (package, make) in ENGINES.items():
        found[name] = {
            "version": version(package) if package else "this checkout",
            "admittedNs": cost(make, refused=False),
            "refusedNs": cost(make, refused=True),
            **hammered(make()),
        }
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
