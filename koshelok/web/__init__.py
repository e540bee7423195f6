"""HTTP machinery shared by the features: who may, forms, schemas, htmx, problems, limits, headers."""
