"""A scheme's text, read and proofread with every fault at once; and what is written against one: facts, answers."""
