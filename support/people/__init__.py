"""Who asks and who answers: persons, agents, teams, sites, and what each may do."""
