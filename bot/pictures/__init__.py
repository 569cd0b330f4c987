"""Pictures that Baton draws: pure, from words to the bytes of a PNG."""
