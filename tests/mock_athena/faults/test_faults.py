"""Armed faults strike once, where they were meant to."""

from threading import Barrier, Thread

from mock_athena.errors import Refusal, Unavailable
from mock_athena.faults import Faults


def test_nothing_misbehaves_by_itself() -> None:
    assert Faults().strike("fhir") is None


def test_a_fault_strikes_its_route_once() -> None:
    faults, fault = Faults(), Unavailable("later")
    faults.arm("bulk", fault)
    assert faults.strike("fhir") is None
    assert faults.strike("bulk") is fault
    assert faults.strike("bulk") is None


def test_faults_strike_in_the_order_in_which_they_were_armed() -> None:
    faults, first, second = Faults(), Unavailable("1"), Unavailable("2")
    faults.arm("fhir", first)
    faults.arm("fhir", second)
    assert [faults.strike("fhir"), faults.strike("fhir")] == [first, second]


def test_reset_disarms() -> None:
    faults = Faults()
    faults.arm("fhir", Unavailable("later"))
    faults.reset()
    assert faults.strike("fhir") is None


def test_a_hundred_faults_strike_a_hundred_requests_of_eight_threads() -> None:
    faults, barrier = Faults(), Barrier(8)
    for _ in range(100):
        faults.arm("fhir", Unavailable("later"))
    struck: list[Refusal] = []

    def ask() -> None:
        barrier.wait()
        struck.extend(fault for fault in (faults.strike("fhir") for _ in range(100)) if fault)

    threads = [Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(struck) == len({id(fault) for fault in struck}) == 100
