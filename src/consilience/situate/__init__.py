"""4 PLACE: when and where, with error bars: clock, places, tracks."""
