"""The questions: each a module and its .sql, answered from one workspace."""
