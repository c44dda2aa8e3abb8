"""The tests on every Python that ``pyproject.toml`` names: ``make test-matrix``.

nox and not tox: what a session does is Python, and which Pythons there are is read from the classifiers, so that the
list is in one place. A Python that is not on this machine is skipped, and said so; in CI that is an error.
"""

import nox

PROJECT = nox.project.load_toml("pyproject.toml")

nox.options.reuse_venv = "yes"
nox.options.error_on_external_run = True


@nox.session(python=nox.project.python_versions(PROJECT))
def tests(session: nox.Session) -> None:
    """The tests but for the long proofs, or what stands behind ``--``."""
    session.install("pip>=25.1")
    session.install("--editable", ".", *nox.project.dependency_groups(PROJECT, "test"))
    session.run("python", "-m", "pytest", *(session.posargs or ("-n", "auto", "--dist", "worksteal", "-m", "not long")))
