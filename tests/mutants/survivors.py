"""Mutants that no check notices, and why that is accepted."""

SURVIVORS: dict[str, str] = {
    "since-off-by-one": (
        "The suite asks with instants that lie well before a change; to ask within the same second it would have to "
        "write, and know the target's clock to a second."
    ),
    "group-exports-everybody": (
        "The emulator has one Group, of which every patient is a member; the check notices it where a Group has fewer."
    ),
}
