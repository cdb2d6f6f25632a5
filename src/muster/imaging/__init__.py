"""From any radiograph to one standard picture of the animal."""
