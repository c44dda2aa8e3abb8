"""Reports of a run, each made from its JSON document alone, so that an old one can be rendered anew."""
