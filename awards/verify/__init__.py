"""How strangers check a publication: programs that share nothing with the portal, and are handed out as they are."""
