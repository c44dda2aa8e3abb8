"""The least time that the guide's quota allows."""


def optimum(requests: int, threads: int, latency: float) -> float:
    """Seconds that so many requests take at least: the quota's, or the latency that each thread waits for.

    A thread that asks one after the other delays its sixteen within each window by so much.
    """
    rounds = -(-min(requests, 16) // threads)
    windows = (requests - 1) // 16
    return max(2.0 * windows + rounds * latency, -(-requests // threads) * latency)
