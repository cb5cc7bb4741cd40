"""The bridge to GLPI, against a server that behaves as documented."""
