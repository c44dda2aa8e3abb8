"""All mutants."""

from tests.mutants import assertions, bulk, limits, rest, scopes, searching, tokens
from tests.mutants.mutant import Mutant

MUTANTS: tuple[Mutant, ...] = (
    *limits.MUTANTS,
    *tokens.MUTANTS,
    *assertions.MUTANTS,
    *scopes.MUTANTS,
    *rest.MUTANTS,
    *searching.MUTANTS,
    *bulk.MUTANTS,
)
