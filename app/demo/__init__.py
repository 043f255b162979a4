"""The demo region: two founding documents and an order of this school year, with the lives that their assignments led."""
