"""What is said about an application: threads for those who handle it, for reviewers too, or for the applicant too."""
