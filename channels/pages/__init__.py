"""Our own pages, the public form aside: messages added to a request, requests written by staff."""
