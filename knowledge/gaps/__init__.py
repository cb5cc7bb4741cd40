"""What the wiki lacks: texts typed again and again, and what became of the rest once written."""
