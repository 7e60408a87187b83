"""Every address beside the pages: session, answers, health; and the doors."""
