"""Makes a scenario of what a user has from a real integration: an instance's JSON, a callback, a HAR file, a run in Postman."""
