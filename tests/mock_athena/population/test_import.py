import subprocess
import sys


def test_importing_the_room_is_cheap() -> None:
    """Tables and modules of content are loaded when the first patient is made."""
    script = (
        "import sys, mock_athena.population\n"
        "print(*sorted(name for name in sys.modules if name.startswith('mock_athena.')))\n"
        "print('faker' in sys.modules, 'json' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    ours, others = done.stdout.splitlines()
    assert set(ours.split()) == {
        "mock_athena._version",
        "mock_athena.fhir",
        "mock_athena.fhir.resource",
        "mock_athena.population",
    }
    assert others == "False False"


def test_generating_needs_the_standard_library_only() -> None:
    script = (
        "import sys\n"
        "from mock_athena.population import population\n"
        "list(population(1, 500001, 2))\n"
        "print(*{name.partition('.')[0] for name in sys.modules} - set(sys.stdlib_module_names))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    # What a site-packages .pth file loads at start has no part in it.
    assert set(done.stdout.split()) - {"__main__", "sitecustomize", "_distutils_hack"} == {"mock_athena"}
