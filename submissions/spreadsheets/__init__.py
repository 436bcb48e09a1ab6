"""Spreadsheets in and out: where the table of one that people send lies and what is wrong in it, and lists as tables."""
