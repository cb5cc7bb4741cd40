"""The fortnightly meeting: from an agenda that builds itself to the minutes."""
