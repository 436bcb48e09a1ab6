"""Spreadsheets: where the table of one that is sent lies, and what is wrong in it; and lists taken away as tables."""
