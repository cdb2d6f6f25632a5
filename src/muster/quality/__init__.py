"""What must hold of a release, and the gate that holds it: suites, frames, validation, Data Docs."""

import logging

# At INFO the import of Great Expectations alone logs a hundred lines; it must be told before it is imported.
logging.getLogger("great_expectations").setLevel(logging.WARNING)
