"""Files on their way in: the protocol they come by, and what becomes of them."""
