"""Where people are received: appointments, the day, the calendar of a place."""
