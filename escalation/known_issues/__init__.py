"""One bug, many tickets: what is known, what to do meanwhile, and word to all when it is mended."""
