"""Measuring: are the findings right as often as they say, in simulated wars whose truth is known?"""
