"""Tables that people take away. What comes in, and what travels both ways, is beside this room until it moves here."""
