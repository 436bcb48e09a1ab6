"""Pages that are open are told that something moved: which of them it is, and its version; never what it says now.

`telling` says it where it was done, `serve` hands it on: a process of its own, which knows neither database nor
sessions.
"""
