"""HTTP machinery shared by the features: access, forms, schemas, htmx, problems, limits."""
