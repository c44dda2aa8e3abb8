"""Many small cases in one test: pytest takes longer to set up a case than such a case takes."""

import functools
import inspect
from collections.abc import Callable, Iterable
from typing import Any

Test = Callable[..., None]


def together(names: str, cases: Iterable[Any]) -> Callable[[Test], Test]:
    """As ``pytest.mark.parametrize``, but one test, that tells of every case that fails.

    Args:
        names: the arguments of a case, separated by commas.
        cases: the value of the argument, or one tuple of values for each case.
    """
    wanted = [name.strip() for name in names.split(",")]
    every = [case if len(wanted) > 1 else (case,) for case in cases]
    assert every, f"no case of {names}"

    def joined(test: Test) -> Test:
        @functools.wraps(test)
        def run(**fixtures: Any) -> None:
            faults = [
                fault for case in every if (fault := _fault(test, dict(zip(wanted, case, strict=True)), fixtures))
            ]
            assert not faults, f"{len(faults)} of {len(every)} cases:\n" + "\n".join(faults)

        seen = inspect.signature(test)
        left = [parameter for name, parameter in seen.parameters.items() if name not in wanted]
        run.__signature__ = seen.replace(parameters=left)  # type: ignore[attr-defined]
        return run

    return joined


def _fault(test: Test, case: dict[str, Any], fixtures: dict[str, Any]) -> str:
    try:
        test(**case, **fixtures)
    except Exception as error:
        told = ", ".join(f"{name}={str(value)[:100]}" for name, value in case.items())
        return f"{told}: {type(error).__name__}: {error}"
    return ""
