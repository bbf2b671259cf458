"""Programs as they are: mitmdump, which is mitmproxy's, sends the vendors' hosts to a stack, and a program's environment says so."""
