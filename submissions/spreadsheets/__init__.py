"""Spreadsheets: where the table of one that is sent lies, what is wrong in it, what it makes; and lists taken away."""
