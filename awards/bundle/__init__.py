"""A publication as one file that stands alone: its files, what it tells of the log, and one person's own lines."""
