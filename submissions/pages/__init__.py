"""Pages of the office's side, and what pages share."""
