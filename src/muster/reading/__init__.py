"""Reading declared files by column name, and saying what is wrong with one that cannot be read."""
