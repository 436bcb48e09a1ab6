"""How far people agree, and how severe each judge is. Reads facts and never writes any; the same facts, the same numbers."""
