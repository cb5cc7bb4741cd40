"""Articles: written as revisions, published one revision at a time, rendered as safe HTML."""
