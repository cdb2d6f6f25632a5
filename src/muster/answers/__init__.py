"""What the service answers: champions held in memory, looked up by gene, term or image. Knows no server."""
