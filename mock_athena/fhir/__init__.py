"""The R4 vocabulary: resource types, references, instants, bundles, outcomes. No I/O, no state."""
