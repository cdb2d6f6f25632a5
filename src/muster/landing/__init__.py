"""The landing folder: files as they came, verified, with a manifest; X-ray images; companion sets."""
