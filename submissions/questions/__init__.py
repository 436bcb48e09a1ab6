"""What may be asked of the facts, and who may ask: every answer is read, nothing is written."""
