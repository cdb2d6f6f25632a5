"""Mirrors: which releases they have, and getting files from them, over HTTP or from a folder."""
