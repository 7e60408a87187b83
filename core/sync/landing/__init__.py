"""How do tables of a batch get into the workspace file? Knows no Amazon."""
