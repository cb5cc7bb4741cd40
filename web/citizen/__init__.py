"""The public's pages: contact, follow, and what the law asks to say."""
