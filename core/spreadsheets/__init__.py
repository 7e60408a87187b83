"""Files that people open in other programs."""
