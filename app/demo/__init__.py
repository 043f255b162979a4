"""The demo region: two founding documents, an order of this school year, and what became of their assignments."""
