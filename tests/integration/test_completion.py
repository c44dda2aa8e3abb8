"""Completion in a real bash, for each of our commands; zsh and fish where they are installed."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.emulator import clean_environment

BIN = Path(sys.executable).parent
SCRIPT = """
eval "$(mock-athena completion bash)"
complete_line() {  # the words of a command line, of which the last is being written
  COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
  "$(complete -p "$1" | sed -E 's/.*-F ([^ ]+).*/\\1/')" "$1"
  echo "${COMPREPLY[*]}"
}
complete_line mock-athena ''
complete_line mock-athena serve --tl
complete_line mock-athena serve --profile ''
complete_line mock-athena serve --limits token-b
complete_line mock-athena completion f
complete_line athena-fhir s
complete_line athena-conformance infer
complete_line athena-conformance --exp
"""


def shell(tmp_path: Path, *command: str) -> str:
    environment = clean_environment(tmp_path)
    environment["PATH"] = f"{BIN}:{environment['PATH']}"
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, env=environment)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_bash_completes_words_options_and_values(tmp_path: Path) -> None:
    if not shutil.which("bash"):
        pytest.skip("there is no bash")
    lines = [line.split() for line in shell(tmp_path, "bash", "--norc", "-c", SCRIPT).splitlines()]
    assert {"serve", "doctor", "completion", "tls"} <= set(lines[0])
    assert lines[1] == ["--tls", "--tls-cert", "--tls-key"]
    assert set(lines[2]) == {"mission", "athena"}
    assert "token-bucket" in lines[3]
    assert lines[4] == ["fish"]
    assert set(lines[5]) == {"search", "sync"}
    assert lines[6] == ["infer-limits"]
    assert "--expect" in " ".join(lines[7]) or "--exp" in " ".join(lines[7])


@pytest.mark.parametrize("name", ["zsh", "fish"])
def test_other_shells_take_their_script(tmp_path: Path, name: str) -> None:
    if not shutil.which(name):
        pytest.skip(f"there is no {name}")
    load = {"zsh": "autoload -U compinit && compinit -u; ", "fish": ""}[name]
    take = {"zsh": 'eval "$(mock-athena completion zsh)"', "fish": "mock-athena completion fish | source"}[name]
    shell(tmp_path, name, "-c", f"{load}{take}")
