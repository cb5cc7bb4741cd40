"""How words come in and go out: mail, contact form, telephone, survey."""
