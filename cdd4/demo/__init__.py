"""The demonstration: a contest of 76 invented stories, told with the same deeds as a real one."""
