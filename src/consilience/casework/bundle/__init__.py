"""What goes into a bundle: which rows, what of them is withheld, what exonerates, the report."""
