"""The manners of a client that signs in, and what it does with its token. See :mod:`.manners`."""

import re
from urllib.parse import parse_qs

from athena_fhir_conformance.client.grading import Caught, Run, question
from athena_fhir_conformance.client.journal import Entry
from athena_fhir_conformance.verdicts import skip

_S256 = re.compile(r"[A-Za-z0-9_-]{43}")
_STATE_BITS = 122  # RFC 4122's random UUID has as many


@question("SMA-099")
def pkce(run: Run) -> None:
    """To sign a person in it sends an S256 challenge, a new one each time, and for the code the verifier of it."""
    sent = [(entry, parse_qs(entry.query)) for entry in _sign_ins(run)]
    bare = [entry for entry, asked in sent if not _S256.fullmatch(asked.get("code_challenge", [""])[0])]
    plain = [entry for entry, asked in sent if asked.get("code_challenge_method") != ["S256"]]
    if wrong := bare or plain:
        raise Caught("it signs in without a code_challenge by S256", wrong)
    if len({asked["code_challenge"][0] for _, asked in sent}) < len(sent):
        raise Caught("it signs in twice with one code_challenge", [entry for entry, _ in sent])
    refused = [entry for entry in run.entries if entry.asks_for_token and "verifier" in entry.reason]
    if refused:
        raise Caught("it brought a code without the verifier of its challenge", refused)


@question("SMA-098")
def state(run: Run) -> None:
    """Its state cannot be guessed, and a code that comes back with another state is not used."""
    sent = _sign_ins(run)
    short = [entry for entry in sent if entry.state_characters * 6 < _STATE_BITS]
    if short:
        message = (
            f"a state of {short[0].state_characters} characters has less than {_STATE_BITS} bits that nobody can guess"
        )
        raise Caught(message, short)
    forged = [entry for entry in sent if "wrong-state" in entry.faults]
    if not forged:
        skip("every sign-in came back with its state: try --scenario wrong-state")
    used = [entry for entry in run.entries if entry.seq > forged[0].seq and _may_use_a_code(entry, forged[0].client)]
    if used:
        raise Caught("it used the code that came back with the state of another", [forged[0], *used])


@question("SMA-101")
def granted_scope(run: Run) -> None:
    """It looks at the scope of its token before it uses it: it asks for nothing that was not granted."""
    beyond = [entry for entry in run.entries if entry.status == 403 and entry.reason.startswith("needs a scope")]
    if beyond:
        raise Caught("it asks for what its token does not cover", beyond)
    if not any(_less_was_granted(run, entry) for entry in run.entries if entry.by_grant):
        skip("every token covered what was asked for: register the client with fewer scopes than it wants")


@question("SMA-100", "CLI-010")
def token_kept_from_others(run: Run) -> None:
    """Its token goes to the server that it is for, and to no other host: not by a link, and not by a redirect."""
    if run.foreign is None:
        skip("no link or redirect led elsewhere: try --elsewhere links, or --elsewhere redirects")
    told = [each for each in run.foreign if each.scheme]
    if told:
        raise Caught(f"{told[0].method} {told[0].path[:80]} brought its {told[0].scheme} token to another host")
    if not any(each in entry.faults for entry in run.entries for each in ("wrong-host", "redirect")):
        skip("it asked for nothing that would have led it elsewhere")


@question("BKS-046")
def fresh_assertions(run: Run) -> None:
    """It signs a new assertion for every token request."""
    signed = [entry for entry in run.entries if entry.asks_for_token and "jti" in entry.reason]
    replayed = [entry for entry in signed if entry.status in (400, 401)]
    if replayed:
        raise Caught("an assertion was sent again", replayed)
    skip("no assertion was refused; one that is new each time cannot be told from a secret in the journal")


def _sign_ins(run: Run) -> list[Entry]:
    sent = [entry for entry in run.entries if entry.asks_for_code]
    if not sent:
        skip("it signed nobody in: it came to no authorization endpoint by GET")
    return sent


def _may_use_a_code(entry: Entry, client: str) -> bool:
    other = entry.by_grant in ("client_credentials", "refresh_token")
    return entry.asks_for_token and entry.client == client and not other


def _less_was_granted(run: Run, token: Entry) -> bool:
    """Than the token request, or the sign-in before it, asked for."""
    sign_ins = [
        each for each in run.entries if each.asks_for_code and each.client == token.client and each.seq < token.seq
    ]
    wanted = (
        parse_qs(sign_ins[-1].query).get("scope", []) if sign_ins and token.by_grant == "authorization_code" else []
    )
    return ", not " in token.reason or not set(" ".join(wanted).split()) <= token.granted
