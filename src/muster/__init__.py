"""Muster: each IMPC data release in; checked tables, features, models, networks and a drift report out."""
