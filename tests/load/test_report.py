"""The report: what is written, and what is said where there is nothing to judge."""

import json
import os
from pathlib import Path
from unittest.mock import patch

import pytest
from matplotlib import pyplot
from matplotlib.figure import Figure

from athena_fhir_load import plots
from athena_fhir_load.answers import answers_of, index
from athena_fhir_load.comparison import differences
from athena_fhir_load.comparison import main as compare
from athena_fhir_load.figures import figures_of
from athena_fhir_load.journals import Journal, LoadError, Mark, read
from athena_fhir_load.load import check_own, own_process
from athena_fhir_load.report import broke, main, written
from athena_fhir_load.summary import short
from athena_fhir_load.target import target_of, token_of
from athena_fhir_load.thresholds import Thresholds, held
from mock_athena.ratelimit import policy_named
from mock_athena.ratelimit.policy_files import written_policy
from tests.load.journal_of import entries_of, greedy, journal_of


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report of a greedy and a polite caller."""
    folder = tmp_path_factory.mktemp("report")
    asked = sorted([*greedy(80, 0.05), *((number / 7, "Polite-1") for number in range(40))])
    journal_of(entries_of(asked)).write(folder / "kept.json")
    assert (
        main(["--journal", str(folder / "kept.json"), "--out", str(folder / "out"), "--title", "A <b>title</b>"]) == 0
    )
    return folder


def test_a_page_pictures_and_json(made: Path) -> None:
    out = made / "out"
    page = (out / "index.html").read_text(encoding="utf-8")
    assert "the journal proves every one of these decisions right" in page
    assert "A &lt;b&gt;title&lt;/b&gt;" in page
    assert "http://" not in page.replace("http://www.w3.org", "")  # it needs nothing from elsewhere
    assert "<script" not in page
    pictures = {"envelope", "occupancy", "timeline", "shares", "optimum", "retry-after", "latency"}
    assert {path.stem for path in out.glob("*.png")} == pictures
    assert page.count("data:image/png") == len(pictures)
    assert page.count("alt=") == len(pictures)
    figures = json.loads((out / "report.json").read_text(encoding="utf-8"))
    assert figures["limiter"]["over_admission"] == figures["limiter"]["under_admission"] == 0
    kept = read(out / "journal.json")  # the report can be made again
    assert (len(kept.decided), kept.policy) == (120, "mission")


@pytest.fixture(scope="module")
def broken(made: Path) -> Path:
    """A report of a limiter that let one in too many."""
    entries = entries_of(greedy(40, 0.05))
    entries[20]["verdict"] = "admitted"
    path = made / "broken.ndjson"
    path.write_text("\n".join(json.dumps(entry) for entry in entries), encoding="utf-8")
    assert main(["--journal", str(path), "--limits", "mission", "--out", str(made / "broken")]) == 1
    return made / "broken"


def test_a_broken_limiter_is_named(broken: Path) -> None:
    page = (broken / "index.html").read_text(encoding="utf-8")
    assert "Not as it should be: admitted beyond the policy" in page
    assert "over-admission: beyond burst" in page


@pytest.mark.parametrize(
    ("content", "options", "said"),
    [
        (None, [], "cannot be read"),
        ("hello", [], "is no journal"),
        ("[1, 2]", [], "is no journal"),
        ('{"entries": [1, 2]}', [], "is no journal"),
        ('{"entries": [{"seq": "x"}]}', [], "is no journal"),
        ('{"entries": [], "counters": [1]}', [], "is no journal"),
        ('{"entries": [], "before": "x"}', [], "is no journal"),
        ('{"entries": [{"seq": 1}]}', ["--limits", "mission"], "entry 1 is no entry of a journal"),
        ('{"entries": [{"seq": 1, "instant": "x", "verdict": "faulted"}]}', ["--limits", "mission"], "entry 1 is no"),
        ('{"entries": []}', ["--limits", "mission"], "nothing to judge. Were requests sent, with a valid token"),
        ('{"entries": []}', [], "name it with --limits"),
        ('{"entries": []}', ["--limits", "nonsense"], "unknown rate limit policy 'nonsense'"),
    ],
)  # fmt: skip
def test_what_cannot_be_judged_explains_itself(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str | None, options: list[str], said: str
) -> None:
    path = tmp_path / "journal"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    assert main(["--journal", str(path), "--out", str(tmp_path / "out"), *options]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_nobody_at_an_address_explains_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--journal", "http://127.0.0.1:1/", "--out", str(tmp_path)]) == 2
    assert "is the emulator running? mock-athena serve starts one" in capsys.readouterr().err
    for wrong in ("localhost:8080", "http://[::1", "http://127.0.0.1:port", "http://", "ftp://here"):
        with pytest.raises(LoadError, match="is no address"):
            target_of(wrong)
    with pytest.raises(LoadError, match="is the emulator running"):
        target_of("http://127.0.0.1:1")


def test_a_sandbox_needs_a_client_and_has_a_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ATHENAHEALTH_CLIENT_ID", "ATHENAHEALTH_CLIENT_SECRET", "MOCK_ATHENA_CONTROL_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(LoadError, match="a client of yours is needed"):
        target_of("https://sandbox.invalid/fhir/r4")
    with pytest.raises(LoadError, match="unencrypted"):
        target_of("http://sandbox.invalid/fhir/r4", client_id="mine", secret="not told")
    target = target_of("https://sandbox.invalid/fhir/r4/", client_id="mine", secret="not told")
    assert (target.fhir, target.emulator, target.budget) == ("/fhir/r4", False, 200)
    assert target.credentials("another").client_id == "mine"


def test_whoever_answers_json_is_no_emulator_for_that(monkeypatch: pytest.MonkeyPatch) -> None:
    for told, emulator in (({"a": 1}, False), ([1], False), ({"policy": "off", "callers": []}, True)):
        monkeypatch.setattr("athena_fhir_load.target.control", lambda *_, told=told, **__: told)
        assert target_of("http://127.0.0.1:9", client_id="mine", secret="not told").emulator is emulator


def test_a_token_response_or_something_else() -> None:
    assert token_of('{"access_token": "a.b.c", "expires_in": 60}') == ("a.b.c", 60)
    for other in (
        "<h1>hello</h1>",
        "[1]",
        '{"nope": 1}',
        '{"access_token": 5}',
        '{"access_token": "a", "expires_in": []}',
    ):
        assert token_of(other) == ("", 0)


def test_a_run_is_judged_by_what_came_since_it_began() -> None:
    entries = entries_of(greedy(30))
    journal = journal_of(entries, total=35)
    later = journal.since(Mark(seq=10, total=15))
    assert [len(later.entries), later.before, later.forgotten] == [20, 15, 0]
    assert journal.since(Mark(seq=10, total=99)) is journal  # it was reset in between
    assert Journal((), {}, "", "").forgotten == 0


def test_a_page_of_answers_says_no_to_whatever_is_wrong_and_what_its_pictures_show(made: Path) -> None:
    figures = json.loads((made / "out" / "report.json").read_text(encoding="utf-8"))
    wrong = figures | {"limiter": figures["limiter"] | {"dishonest": 3}}
    for report, begin in ((figures, "Yes: of"), (wrong, "No: of")):
        (answer,) = answers_of({"limits": report}, None)
        assert answer.lines[0].startswith(begin)
        assert any("3 times Remaining or Reset" in line for line in answer.lines) is (report is wrong)
    (made / "limits").symlink_to(made / "out")
    page = index([answer], {"limits": wrong}, made)
    assert page.count('alt="Requests admitted') == 2
    assert "Seconds told by Retry-After against" in page


def test_two_runs_that_are_no_pair_are_told_to_be_none(made: Path) -> None:
    figures = json.loads((made / "out" / "report.json").read_text(encoding="utf-8"))
    assert [each.what for each in differences(figures, figures | {"policy": "gcra", "title": "B"})] == ["policy", "run"]
    assert not list(differences(figures, figures))


def test_callers_whose_names_are_shortened_alike_stay_apart(tmp_path: Path) -> None:
    same = "integration-of-the-clinic-at-the-{}-near-the-river"
    entries = entries_of([*greedy(8, user=same.format("north")), *greedy(4, user=same.format("south"))])
    journal = journal_of(entries)
    drawn: list[Figure] = []
    with patch.object(pyplot, "close", drawn.append):
        plots.shares(
            journal, policy_named("mission"), figures_of(journal, policy_named("mission")), None, tmp_path / "a.png"
        )
    assert sorted(bar.get_width() for bar in drawn[0].axes[0].containers[0]) == [4, 8]
    assert sorted(round(bar.get_y(), 1) for bar in drawn[0].axes[0].containers[0]) == [-0.4, 0.6]


def test_a_long_journal_is_drawn_in_bars_that_can_be_told_apart(tmp_path: Path) -> None:
    journal = journal_of(entries_of([(number * 600.0, "Polite-1") for number in range(140)]))
    drawn: list[Figure] = []
    with patch.object(pyplot, "close", drawn.append):
        plots.timeline(journal, policy_named("mission"), {}, None, tmp_path / "a.png")
    bars = drawn[0].axes[0].containers[0]
    assert len(bars) <= 120
    assert sum(bar.get_height() for bar in bars) == 140
    assert drawn[0].axes[0].get_ylabel() == "requests decided in 696 seconds"


def test_two_runs_are_compared(made: Path, broken: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = made / "out"
    assert compare([str(out), str(broken / "report.json"), "--out", str(made / "worse")]) == 1
    assert "BAD admitted beyond the policy" in capsys.readouterr().out
    assert (made / "worse" / "latency.png").exists()
    assert compare([str(out), str(made), "--out", str(made / "none")]) == 2
    assert "cannot be read" in capsys.readouterr().err
    whole = json.loads((out / "report.json").read_text(encoding="utf-8"))
    halves: tuple[dict[str, object], ...] = (
        {"limiter": 5},
        {"limiter": {}},
        {"decision": [1]},
        {"decision": {"answer_ms": 5}},
    )
    for half in ({"format": 1, "limiter": 5}, *(whole | part for part in halves)):
        (made / "half.json").write_text(json.dumps(half), encoding="utf-8")
        assert compare([str(out), str(made / "half.json"), "--out", str(made / "none")]) == 2
        assert "is no whole report" in capsys.readouterr().err
    assert not (made / "none").exists()
    assert compare([str(out), str(out), "--out", str(made / "half.json" / "below")]) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_times_are_told_without_an_exponent() -> None:
    assert [short(value) for value in (0.05, 1.2345, 99.94, 8174.2)] == ["0.05", "1.23", "99.9", "8,174"]


def test_thresholds() -> None:
    generator = {"failures": {"a": 2}, "latency_ms": {"answered": {"p99": 12.0}}, "dropped_share": 0.1}
    assert held(Thresholds(2, 12.0, 0.1).checked(generator))
    for tighter in (Thresholds(1, 12.0, 0.1), Thresholds(2, 11.0, 0.1), Thresholds(2, 12.0, 0.05)):
        assert not held(tighter.checked(generator))
    unanswered = Thresholds(2, 12.0).checked(generator | {"latency_ms": {}})
    assert not held(unanswered)
    json.dumps(unanswered, allow_nan=False)  # a report is JSON for any reader
    assert not held(Thresholds(2).checked(generator | {"lost_workers": 1}))


def test_a_journal_in_each_of_its_forms(tmp_path: Path) -> None:
    entries = entries_of(greedy(3))
    path = tmp_path / "journal"
    for text in (json.dumps({"entries": entries}), "\n".join(map(json.dumps, reversed(entries)))):
        path.write_text(text, encoding="utf-8")
        assert [entry["seq"] for entry in read(path).entries] == [entry["seq"] for entry in entries]
    path.write_text(json.dumps(entries[0]), encoding="utf-8")
    assert len(read(path).decided) == 1


def test_a_journal_says_its_policy_itself_and_no_other_of_that_name_is_taken(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(
        'name = "mission"\nlimits = [{kind = "sliding-window", quota = 3, window = 1}]\n'
    )
    entries = entries_of(greedy(40), str(tmp_path / "mine.toml"))
    told = {
        "entries": entries,
        "policy": "mission",
        "written": written_policy(policy_named(str(tmp_path / "mine.toml"))),
    }
    (tmp_path / "journal").write_text(json.dumps(told), encoding="utf-8")
    journal = read(tmp_path / "journal")
    journal.write(tmp_path / "kept")
    for each in (journal, read(tmp_path / "kept")):
        assert not broke(written(each, None, "of mine"))
    assert broke(written(journal, None, "of another", limits="mission"))


def test_lines_that_begin_late_do_not_say_what_came_before(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    path.write_text("\n".join(map(json.dumps, entries_of(greedy())[10:])), encoding="utf-8")
    figures = written(read(path), None, "late", limits="mission")
    assert not broke(figures)
    assert figures["limiter"]["unproven"] > 0


def test_one_client_of_a_file_is_judged_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, out = tmp_path / "journal", tmp_path / "out"
    asked = sorted([*greedy(20), *greedy(3, user="Other-1")])
    path.write_text(json.dumps({"entries": entries_of(asked)}), encoding="utf-8")
    named = ["--journal", str(path), "--limits", "mission", "--out", str(out)]
    assert main([*named, "--client", "Other-1"]) == 0
    assert json.loads((out / "report.json").read_text(encoding="utf-8"))["limiter"]["admitted"] == 3
    assert main([*named, "--client", "nobody"]) == 2
    assert "nothing to judge" in capsys.readouterr().err


def test_a_client_of_ones_own_is_ended_with_all_that_it_started_however_much_it_prints(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with own_process("sh -c 'echo $WHO; yes & yes; true'", {"PATH": os.defpath, "WHO": "mine"}, log) as process:
        while not log.exists() or log.stat().st_size < 1_000_000:
            assert process.poll() is None
    assert process.stdout is not None
    assert process.stdout.closed  # nobody is left who could print
    assert log.stat().st_size == 1_000_000
    assert log.read_bytes().startswith(b"mine\n")
    with pytest.raises(LoadError, match="cannot be started"), own_process("nobody-has-this", {}, log):
        pass


def test_a_client_of_ones_own_that_sent_nothing_is_no_report(tmp_path: Path) -> None:
    figures = {"callers": [{"group": "Polite"}]}
    check_own("", None, figures, tmp_path)
    check_own("mine", 3, {"callers": [{"group": "my-client"}]}, tmp_path)
    for gone, said in ((3, "'mine' ended with 3 and sent no request"), (None, "'mine' sent no request")):
        with pytest.raises(LoadError, match=said):
            check_own("mine", gone, figures, tmp_path)
