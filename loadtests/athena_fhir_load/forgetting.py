"""Makes a store forget how many match what, so that what is measured is a search that nobody asked for before."""

from mock_athena.store import ResourceStore, snapshot


def forget_totals(store: ResourceStore) -> None:
    """Forget totals; a revision that is compared with this one may not have kept any."""
    if hasattr(store, "_kept"):
        store._kept = store._kept._replace(totals=snapshot.kept().totals)
