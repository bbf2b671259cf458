"""The API's operations for the OpenAPI document, of every version and resource, from the tables that requests are checked with."""
