"""A double of SP-API: refuses what Amazon refuses, answers as Amazon answers."""
