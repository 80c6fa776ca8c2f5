# Man pages and the walkthrough.
