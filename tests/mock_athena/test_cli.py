"""The command line: it teaches, and it refuses on one line with exit code 2."""

import json
from dataclasses import fields
from pathlib import Path

import pytest

from mock_athena import __version__
from mock_athena.settings import Settings, environment_name
from tests.mock_athena.command_line import SHORTEST, Run, complaint


def test_without_a_command_it_says_what_there_is(run: Run) -> None:
    ended = run()
    assert (ended.code or 0, ended.err) == (0, "")
    for command in ("serve", "generate", "clients", "token"):
        assert f"  {command} " in ended.out
    assert "\n\n" in ended.out


def test_version(run: Run) -> None:
    assert run("--version").out == f"mock-athena, version {__version__}\n"


@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_every_setting_is_an_option_of_serve_that_teaches(run: Run, flag: str) -> None:
    ended = run("serve", flag)
    assert (ended.code or 0, ended.err) == (0, "")
    said = " ".join(ended.out.split())
    for knob in fields(Settings):
        assert f"--{knob.name.replace('_', '-')}" in said
        assert environment_name(knob.name) in said
        assert knob.metadata["help"] in said
    assert "[default: 8080]" in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("bogus",), "No such command 'bogus'"),
        (("serve", "--nope"), "No such option"),
        (("serve", "--port", "eighty"), "'eighty' is not a valid integer"),
        (("serve", "--port"), "requires an argument"),
        (("serve", "extra"), "unexpected extra argument"),
        (("serve", "--port", "70000"), "port 70000 is not between 0 and 65535"),
        (("serve", "--patients", "-1"), "patients -1 is negative"),
        (("serve", "--limits", "nope"), "unknown rate limit policy 'nope': expected athena"),
        (("serve", "--profile", "nope"), "unknown profile 'nope': expected athena or mission"),
        (("serve", "--clock", "nope"), "unknown clock 'nope': expected 'system', 'manual'"),
        (("serve", "--start", "soon"), "start: 'soon' is not a FHIR date"),
        (("serve", "--start", "1969-12-31"), "start: expected an instant from 1970"),
        (("serve", "--export-duration", "inf"), "export-duration 'inf': expected 'instant'"),
        (("serve", "--external-url", "ehr"), "external-url 'ehr' is not an origin"),
        (("serve", "--data", "/no/such.ndjson"), "/no/such.ndjson"),
        (("serve", "--clients", "/no/such.json"), "/no/such.json"),
        (("serve", "--db", "/no/such/folder/x.db"), "/no/such/folder/x.db"),
        (("serve", "--host", "999.1.1.1", *SHORTEST), "cannot listen on '999.1.1.1'"),
        (("generate",), "Missing option '--out'"),
        (("generate", "--patients", "-1", "--out", "x"), "-1"),
        (("clients", "--clients", "/no/such.json"), "/no/such.json"),
        (("token", "--url", "ftp://x"), "expected an origin such as"),
        (("token", "--url", "http://127.0.0.1:9"), "is the emulator running there?"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(run: Run, arguments: tuple[str, ...], said: str) -> None:
    assert said in complaint(run(*arguments))


def test_an_unknown_variable_is_one_line_and_exit_code_2(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOCK_ATHENA_PROT", "80")
    said = complaint(run("serve"))
    assert said.startswith("unknown setting MOCK_ATHENA_PROT in the environment: expected one of")
    assert "MOCK_ATHENA_PORT" in said


def test_the_command_line_beats_the_environment(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOCK_ATHENA_CLOCK", "sundial")
    assert "unknown clock 'sundial'" in complaint(run("serve"))
    assert "unknown clock 'hourglass'" in complaint(run("serve", "--clock", "hourglass"))


def test_limits_explain_says_what_a_policy_admits_at_most(run: Run) -> None:
    ended = run("limits", "explain", "token-bucket")
    assert (ended.code or 0, ended.err) == (0, "")
    assert "  2 s           31 requests" in ended.out
    assert "#" * 20 in ended.out
    assert run("limits", "explain").out.startswith("mission: for each client")
    assert "unknown rate limit policy 'nope'" in complaint(run("limits", "explain", "nope"))


def test_limits_verify_judges_a_journal(run: Run, tmp_path: Path) -> None:
    entry = {"seq": 1, "instant": "1767225600.000000000", "verdict": "admitted", "quota": "one", "cost": 1}
    path = tmp_path / "journal.ndjson"
    path.write_text("".join(json.dumps(entry | {"seq": number}) + "\n" for number in range(1, 17)))
    ended = run("limits", "verify", str(path))
    assert (ended.code or 0, ended.out) == (0, "16 admitted and 0 refused by policy 'mission'\nno violation\n")
    found = run("limits", "verify", str(path), "--limits", "sliding-1s")
    assert found.code == 1
    assert "8 x over-admission" in found.out
    path.write_text("nonsense")
    assert "neither the answer of /_mock/journal" in complaint(run("limits", "verify", str(path)))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("snapshot", "restore"), "restore takes 1 names, not 0"),
        (("snapshot", "list", "x"), "list takes 0 names, not 1"),
        (("snapshot", "diff", "--file", "x"), "--file is for take and restore, not diff"),
        (("snapshot", "--url", "ftp://x"), "expected an origin such as"),
        (("jobs", "finish"), "finish takes the id of a job, as list shows it"),
        (("jobs", "list", "x"), "list takes no job"),
        (("jobs", "--url", "ftp://x"), "expected an origin such as"),
        (("jobs", "--url", "http://127.0.0.1:1"), "is the emulator running there?"),
    ],
)
def test_commands_that_ask_say_what_is_missing(run: Run, arguments: tuple[str, ...], said: str) -> None:
    ended = run(*arguments)
    assert ended.code == 2
    assert said in ended.err
