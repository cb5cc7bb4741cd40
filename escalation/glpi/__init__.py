"""Another help desk that a level works in: GLPI, both ways, by its two interfaces."""
