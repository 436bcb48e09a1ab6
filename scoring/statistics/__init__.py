"""How far people agree, and how severe each judge is: from facts, of which none is written."""
