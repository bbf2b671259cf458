"""Routes that say what they take and give: one declaration checks requests and becomes the OpenAPI document."""
