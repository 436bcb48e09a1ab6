"""Where central staff write schemes: the criteria of a round that runs, and schemes that are new."""
