"""How fast the portal is, each figure beside what it is measured against in the same run: `make bench`."""
