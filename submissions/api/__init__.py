"""The API: facts for programs, how lists are asked for, how refusals look, what a token may do; all of it described."""
