"""requests-ratelimiter against an emulator: ``pacing.py URL TOKEN REQUESTS THREADS``; prints seconds and refusals."""

import importlib
import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from typing import Any


def main(url: str, token: str, requests: int, threads: int) -> None:
    session: Any = importlib.import_module("requests_ratelimiter").LimiterSession(per_second=8, burst=1)
    session.headers["Authorization"] = f"Bearer {token}"
    refused: list[int] = []

    def one(_: int) -> None:
        while (answer := session.get(url, timeout=30)).status_code == 429:
            refused.append(1)
            time.sleep(float(answer.headers["Retry-After"]))  # noqa: TID251 - waits on real time
        answer.raise_for_status()

    began = time.monotonic()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(one, range(requests)))
    told = {"seconds": time.monotonic() - began, "refused": len(refused), "version": version("requests-ratelimiter")}
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
