"""Batch and transaction: ``POST`` of a Bundle to the base URL. https://hl7.org/fhir/R4/http.html#transaction

A batch carries out each entry by itself, in the order in which they come. A transaction carries out all or none,
within one commit of the store: deletes, creates, updates and then reads, which see what was written. Either is one
request, and one unit of quota, unless ``--batch-cost entry`` makes it one for each entry.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from flask import Response

from mock_athena.errors import BadRequest, ContentTooLarge
from mock_athena.fhir.instants import instant
from mock_athena.store.bodies import encoded
from mock_athena.web.answers import fhir_answer
from mock_athena.web.bodies import resource_body
from mock_athena.web.entries import Answered, carry_out, entry_bytes, failure, refused, relative
from mock_athena.web.exchange import Exchange, current_exchange
from mock_athena.web.quota import most_at_once
from mock_athena.web.world import World
from mock_athena.web.written import writing_of
from mock_athena.writes.bundles import BundleEntry, entries_of, kind_of, require_distinct
from mock_athena.writes.transactions import Planned, planned

LARGEST_ANSWER = 64 * 1024 * 1024
"""Bytes of all answers of one batch; entries beyond it are refused."""


def answer_bundle(world: World) -> Response:
    """The answer to the Bundle in the request's body."""
    exchange = current_exchange()
    if exchange.is_entry:
        message = "a Bundle within a Bundle is not carried out"
        raise BadRequest(message)
    writing_of(world)  # refuses whoever could not read the answer, before anything is done
    body = resource_body()
    kind, entries = kind_of(body), entries_of(body)
    exchange.entries = len(entries)
    _require_affordable(world, exchange)
    answers = _batch(entries, exchange) if kind == "batch" else _transaction(world, entries, exchange)
    return fhir_answer(_joined(kind, answers, instant(world.clock.now() // 1000)))


def _require_affordable(world: World, exchange: Exchange) -> None:
    """Where each entry costs a unit, the edge charged them all; unless no quota ever has so much.

    Raises:
        ContentTooLarge: it has not.
    """
    if world.settings.batch_cost != "entry" or exchange.decision is None or exchange.cost >= exchange.entries:
        return
    least = most_at_once(exchange.decision.rules)
    if least:
        message = (
            f"each of the {exchange.entries} entries costs a unit (--batch-cost entry), and the quota "
            f"'{least.name}' has {least.quota:,}; send {least.quota:,} entries at most"
        )
        raise ContentTooLarge(message, expression=["Bundle.entry"])


def _batch(entries: list[BundleEntry], exchange: Exchange) -> Iterable[bytes]:
    size = 0
    for entry in entries:
        if size > LARGEST_ANSWER:
            message = (
                f"the answers before this one have {size:,} bytes, and {LARGEST_ANSWER:,} are the limit; ask again"
            )
            answered = refused(ContentTooLarge(message))
        else:
            answered = _answer(entry, exchange)
        made = entry_bytes(answered)
        size += len(made)
        yield made


def _answer(entry: BundleEntry, exchange: Exchange) -> Answered:
    try:
        if entry.problem:
            raise BadRequest(entry.problem, expression=[f"Bundle.entry[{entry.index}].request"])
        return _carried_out(entry, relative(entry.url, exchange), exchange)
    except BadRequest as refusal:
        return refused(refusal)


def _carried_out(entry: BundleEntry, url: str, exchange: Exchange, **within: Any) -> Answered:
    body = encoded(entry.resource) if entry.resource is not None and entry.method in ("POST", "PUT") else b""
    return carry_out(entry.method, url, entry.headers, body, exchange, **within)


def _transaction(world: World, entries: list[BundleEntry], exchange: Exchange) -> Iterable[bytes]:
    """The answers in the order of the entries.

    Raises:
        FhirError: an entry was refused; nothing was written.
    """
    asked = [_understood(entry, exchange) for entry in entries]
    require_distinct(asked)
    writing = writing_of(world)
    answers: dict[int, Answered] = {}
    with writing.store.commit(writing.now) as commit:
        plan = planned(asked, commit, writing)
        expected = frozenset(each.name for each in plan if each.name)
        for each in sorted(plan, key=lambda each: each.entry.order):
            answers[each.entry.index] = _answer_of(each, exchange, expected)
    return [entry_bytes(answers[entry.index]) for entry in entries]


def _understood(entry: BundleEntry, exchange: Exchange) -> BundleEntry:
    try:
        if entry.problem:
            raise BadRequest(entry.problem)
        return replace(entry, url=relative(entry.url, exchange))
    except BadRequest as refusal:
        message = f"{entry.name}: {refusal.message}; nothing of the transaction was written"
        raise BadRequest(message, expression=[f"Bundle.entry[{entry.index}].request"]) from None


def _answer_of(each: Planned, exchange: Exchange, expected: frozenset[str]) -> Answered:
    entry = each.entry
    answered = _carried_out(entry, entry.url, exchange, assigned_id=each.assigned_id, expected=expected)
    if answered.status >= 400:
        raise failure(answered, entry.name, entry.index)
    if each.name and entry.method == "POST" and f"/{each.name}/_history/" not in answered.headers.get("Location", ""):
        message = f"{entry.name}: another entry of this transaction is what its condition matches; nothing was written"
        raise BadRequest(message, expression=[f"Bundle.entry[{entry.index}].request.ifNoneExist"])
    return answered


def _joined(kind: str, entries: Iterable[bytes], timestamp: str) -> bytes:
    joined = b",".join(entries)
    head = b'{"resourceType":"Bundle","type":"%s-response","timestamp":"%s"' % (kind.encode(), timestamp.encode())
    return head + (b',"entry":[' + joined + b"]}" if joined else b"}")
