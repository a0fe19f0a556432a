"""The shell of the pages: layout, guards, errors, forms, languages."""
