"""What the authorization server and the portal keep: changed by hand it is refused, or as good as any other."""

from collections.abc import Iterator
from contextlib import closing, suppress
from copy import deepcopy
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from mock_athena import Settings, create_app
from mock_athena.errors import ControlError
from mock_athena.web.saved.document import read, restore
from tests.mock_athena.web.in_process import ADA, Athena
from tests.mock_athena.web.portal.visitor import ANNETTE, PROVIDER, Visitor

JSON = dict[str, Any]

OTHERS: tuple[Any, ...] = (None, True, 7, -1, 10**12, 10**30, "", "x", "\ud800", [], ["x"], {}, {"x": 1})
"""Put in the place of every value."""
KINDS = {
    *("approval", "assertion", "client", "code", "ended", "ended-epoch", "launch", "portal-ended", "portal-key"),
    *("refresh-token", "spent-refresh-token", "token", "used-code"),
}
SCREENS = ("/console/oauth", "/console/clock", "/console/limits", "/portal", "/portal/developer", "/portal/sign-in")


class Kept:
    """An emulator, a snapshot of it with something of every kind, and what a client then holds."""

    def __init__(self, athena: Athena) -> None:
        self.athena = athena
        self.visitor = Visitor(athena)
        self.visitor.sign_in(PROVIDER)
        self.sign_out()
        self.visitor.sign_in(ANNETTE)
        first = self.visitor.redeem(self.visitor.allow()["code"])
        self.access = first["access_token"]
        self.refresh = self.refreshed(first["refresh_token"]).get_json()["refresh_token"]
        athena.control("POST", "tokens/expire", {"token": athena.token()})
        self.visitor.authorize()
        self.code = self.visitor.allow()["code"]
        asked = {"client_id": "mock-public", "user": PROVIDER, "patient": ADA}
        self.launch = athena.control("POST", "launches", asked).get_json()["launch"]
        athena.control("POST", "clients", {"client_id": "mine", "grant_types": ["client_credentials"]})
        athena.world.state.put("assertion", "mine x", {"ends": 10**20, "value": True}, 10**20)
        athena.control("POST", "snapshots", {"name": "good"})
        self.snapshot: JSON = athena.control("GET", "snapshots/good").get_json()

    def sign_out(self) -> None:
        self.visitor.open("/portal")
        form = next(form for form in self.visitor.forms() if form.action == "/portal/sign-out")
        self.visitor.send(form, form.fields)

    def refreshed(self, token: str) -> Any:
        form = {"grant_type": "refresh_token", "client_id": "mock-public", "refresh_token": token}
        return self.athena.send("POST", "/oauth2/v1/token", data=form)

    def use_everything(self) -> None:
        """Nothing is a defect, whatever is answered."""
        visitor = Visitor(self.athena)
        for path in SCREENS:
            assert visitor.open(path).status_code < 500, path
        visitor.authorize(launch=self.launch, scope="launch patient/*.rs")
        assert visitor.page.status_code < 500
        for path in ("tokens", "clients", "clock"):
            assert self.athena.control("GET", path).status_code < 500, path
        with suppress(AssertionError):
            visitor.redeem(self.code)
        assert self.refreshed(self.refresh).status_code < 500
        assert self.athena.get(f"/Patient/{ANNETTE}", self.access).status_code < 500
        assert self.athena.control("POST", "tokens/revoke", {"client_id": "mock-public"}).status_code == 200


@pytest.fixture(scope="module")
def kept(population_cache: Path) -> Iterator[Kept]:
    with closing(create_app(Settings(clock="manual", patients=2, cache_dir=str(population_cache)))) as app:
        yield Kept(Athena(app))


def places(value: Any, *path: Any) -> Iterator[tuple[Any, ...]]:
    """The way to every value below, and to itself."""
    yield path
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, each in inside:
        yield from places(each, *path, name)


def with_other(document: JSON, path: tuple[Any, ...], other: Any) -> JSON:
    changed = deepcopy(document)
    at: Any = changed["state"]
    for name in path[:-1]:
        at = at[name]
    at[path[-1]] = other
    return changed


def test_what_it_kept_itself_is_as_good_as_before(kept: Kept) -> None:
    assert {kind for kind, *_ in kept.snapshot["state"]} == KINDS
    restore(kept.athena.world, read(kept.athena.world, kept.snapshot))
    assert kept.athena.get(f"/Patient/{ANNETTE}", kept.access).status_code == 200
    assert kept.visitor.redeem(kept.code)["access_token"]
    assert kept.refreshed(kept.refresh).status_code == 200


def test_of_every_kind_what_has_another_shape_is_refused(kept: Kept) -> None:
    refused = set()
    for at, (kind, _, value, _) in enumerate(kept.snapshot["state"]):
        changes: list[Any] = [7, None, {}, {"x": 1}]
        if isinstance(value, dict):
            changes += [value | {"more": 1}, *(value | {name: [None]} for name in value)]
        for change in changes:
            if kind == "client" and change == {}:
                continue  # the mark of one that was deleted
            with pytest.raises(ControlError, match=r"the snapshot is damaged"):
                read(kept.athena.world, with_other(kept.snapshot, (at, 2), change))
            refused.add(kind)
    assert refused == KINDS


def test_a_token_that_expires_after_all_years_is_refused_and_says_so(kept: Kept) -> None:
    at = next(place for place, (kind, *_) in enumerate(kept.snapshot["state"]) if kind == "token")
    document = with_other(kept.snapshot, (at, 2, "value", "expires"), 10**12)
    answer = kept.athena.control("PUT", "snapshots/bad", document)
    assert (answer.status_code, "expected what is kept as 'token', not" in answer.text) == (400, True)


@pytest.mark.long
def test_whatever_is_changed_there_is_no_defect(kept: Kept) -> None:
    accepted = 0
    for path, other in product(list(places(kept.snapshot["state"]))[1:], OTHERS):
        document = with_other(kept.snapshot, path, other)
        try:
            saved = read(kept.athena.world, document)
        except ControlError:
            continue
        accepted += 1
        restore(kept.athena.world, saved)
        kept.use_everything()
    assert accepted > 50
