"""What writes the pages of docs/ that nobody writes by hand."""
