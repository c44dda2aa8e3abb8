"""The bytes of the population are a contract: whoever changes them on purpose bumps ``GENERATOR_VERSION``."""

import json
from hashlib import sha256

from mock_athena.population import GENERATOR_VERSION, population

GOLDEN = {
    "1": "5719a2c894030853cea8b2623664bbecc9feffc8787f4e93cd2567cbf903c33c",
    "2": "aea093bc9c0a47718a811ce6ed994426294b920598be0d9d8f09f61217b63cae",
    "3": "ce1165a4f68223fac3094e7277453414c974ff1941b39f39da625a416bf61b32",
    "4": "f9cc36c35e64f1de2647593ae52ed86d502cd6f998de8518ba715654c83588a6",
    "5": "b0eaba4609d1230fb4bf2b6557bb573b974b2d480ed2bda153569d285f247bfc",
}


def test_the_same_arguments_give_the_same_bytes_in_every_release_of_the_generator() -> None:
    lines = [json.dumps(made, separators=(",", ":"), ensure_ascii=False) for made in population(1, 500001, 5)]
    digest = sha256("".join(line + "\n" for line in lines).encode()).hexdigest()
    assert digest == GOLDEN[GENERATOR_VERSION], "other bytes: bump GENERATOR_VERSION and add its hash"
