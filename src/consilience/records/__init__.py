"""The nouns: what a case holds, what was left out, what was weighed, what was found."""
