from typing import Any

Records = tuple[tuple[dict[str, Any], ...], ...]


def test_every_reference_resolves_in_the_record_or_the_practice(
    records: Records, practice: list[dict[str, Any]], objects_in: Any
) -> None:
    shared = {f"{made['resourceType']}/{made['id']}" for made in practice}
    for record in records:
        own = {f"{made['resourceType']}/{made['id']}" for made in record}
        assert len(own) == len(record)
        for made in record:
            for part in objects_in(made):
                if "reference" in part:
                    assert part["reference"] in own or part["reference"] in shared, (made["id"], part["reference"])
