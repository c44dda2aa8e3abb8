"""The header fields that a decision becomes.

``X-RateLimit-*`` speaks of the binding limit alone, with the reset as epoch seconds; the fields of
draft-ietf-httpapi-ratelimit-headers (https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/) speak
of every limit, with seconds from now. Both are rounded up: never earlier than the truth.
"""

from mock_athena.clock import unix_text
from mock_athena.ratelimit.decision import Decision, ceil_seconds


def decision_headers(decision: Decision) -> list[tuple[str, str]]:
    """Header fields for the answer to the request that was decided on."""
    headers = [("X-Mock-Decided-At", f"{unix_text(decision.instant)};seq={decision.seq}")]
    if not decision.allowances:
        return headers
    binding = decision.scarcest
    headers += [
        ("X-RateLimit-Limit", str(binding.quota)),
        ("X-RateLimit-Remaining", str(binding.remaining)),
        ("X-RateLimit-Reset", str(ceil_seconds(decision.instant + binding.reset))),
        ("RateLimit-Policy", ", ".join(f'"{a.name}";q={a.quota};w={a.window}' for a in decision.allowances)),
        ("RateLimit", ", ".join(f'"{a.name}";r={a.remaining};t={ceil_seconds(a.reset)}' for a in decision.allowances)),
    ]
    if not decision.allowed:
        headers.append(("Retry-After", str(decision.retry_after)))
    return headers
