"""Reports: what was asked for, what it says, where it can be downloaded."""
