"""The web side of the office: JSON for programs, the desk for staff, public pages for anyone."""
