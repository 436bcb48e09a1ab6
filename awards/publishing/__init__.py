"""From facts to a publication: prepared, held beside the last, pressed for, frozen; and what came of appeals."""
