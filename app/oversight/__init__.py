"""What the resource group follows: every running project, and which of them needs help first."""
