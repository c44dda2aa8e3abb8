"""An exchange as a command that makes it again: for curl, requests and httpx. Tokens are placeholders."""

import json
import shlex
from urllib.parse import quote

from mock_athena.journal import Entry
from mock_athena.journal.bodies import LARGEST, Said
from mock_athena.journal.struck import body, fields

CLIENTS = (("curl", "curl"), ("requests", "Python, requests"), ("httpx", "Python, httpx"))

_REPEATED = (
    "accept",
    "content-type",
    "if-match",
    "if-modified-since",
    "if-none-exist",
    "if-none-match",
    "if-range",
    "prefer",
    "range",
    "x-mock-fault",
)
_NEEDS_TOKEN = ("fhir", "bulk", "documents")

Pairs = list[tuple[str, str]]


def command(client: str, entry: Entry, said: Said | None, origin: str) -> str:
    """The command, for a ``client`` of :data:`CLIENTS`."""
    told = fields(said.fields) if said else list(entry.asked)
    repeated = [(name, value) for name, value in told if name.lower() in _REPEATED]
    url = origin + quote(entry.path, safe="/:$@!'()*+,;=~") + (f"?{entry.query}" if entry.query else "")
    scheme = _scheme(told, entry, known=said is not None)
    sent, note = _body(said, told, entry)
    written = _curl if client == "curl" else _python
    lines = written(client, entry.method, url, repeated, scheme, sent)
    return "\n".join([*(f"# {each}" for each in note), *lines])


def _scheme(told: Pairs, entry: Entry, *, known: bool) -> str:
    sent = next((value for name, value in told if name.lower() == "authorization"), "")
    if known or sent:
        return sent.partition(" ")[0].lower()
    return "bearer" if entry.route in _NEEDS_TOKEN and entry.client_id else ""


def _body(said: Said | None, told: Pairs, entry: Entry) -> tuple[str, list[str]]:
    if said is None:
        return "", ["header fields and body were not kept"] if entry.method in ("POST", "PUT", "PATCH") else []
    if not said.sent.kept:
        return "", ["the body was not kept"] if said.sent.size else []
    kind = dict(told).get("Content-Type", "")
    cut = [f"only the first {LARGEST:,} bytes of the body were kept"] if said.sent.size > LARGEST else []
    return body(said.sent, kind, "", entry.route), cut


def _curl(_: str, method: str, url: str, repeated: Pairs, scheme: str, sent: str) -> list[str]:
    words = ["curl -i"]
    if method == "HEAD":
        words = ["curl -I"]
    elif method != "GET":
        words.append(f"-X {method}")
    words += {"bearer": ['-H "Authorization: Bearer $TOKEN"'], "basic": ['-u "$CLIENT_ID:$CLIENT_SECRET"']}.get(
        scheme, []
    )
    words += [f"-H {shlex.quote(f'{name}: {value}')}" for name, value in repeated]
    words += [f"--data-raw {shlex.quote(sent)}"] if sent else []
    return [" \\\n  ".join([*words, shlex.quote(url)])]


def _text(value: str) -> str:
    """As Python writes it, in double quotes."""
    return json.dumps(value, ensure_ascii=False)


def _python(client: str, method: str, url: str, repeated: Pairs, scheme: str, sent: str) -> list[str]:
    headers = [f"        {_text(name)}: {_text(value)}," for name, value in repeated]
    lines = [f"import {client}", ""]
    if scheme == "bearer":
        lines += ['TOKEN = "…"  # an access token', ""]
        headers.append('        "Authorization": f"Bearer {TOKEN}",')
    lines += [f"answer = {client}.request(", f"    {_text(method)},", f"    {_text(url)},"]
    lines += ["    headers={", *headers, "    },"] if headers else []
    lines += ['    auth=("CLIENT_ID", "CLIENT_SECRET"),'] if scheme == "basic" else []
    lines += (
        [f"    {'data' if client == 'requests' else 'content'}={_text(sent)}{'.encode()' * (client == 'requests')},"]
        if sent
        else []
    )
    return [*lines, "    timeout=30,", ")", "print(answer.status_code, answer.text)"]
