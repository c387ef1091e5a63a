"""The forms of a publication: HTML, PDF, DOCX and Markdown, each made from a Document and nothing else."""
