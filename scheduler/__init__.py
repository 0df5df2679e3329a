"""What happens when: a timetable, a clock, a pump, and the monthly hand-over."""
