"""Tests of submissions/streams."""
