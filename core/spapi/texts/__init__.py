"""What do the bytes of a report say? Unpacked, decoded and made a table."""
