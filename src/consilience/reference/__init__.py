"""What ships with us, as package data with a loader: order of battle, gazetteer, assumptions, demo cases."""
