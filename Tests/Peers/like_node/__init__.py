"""Inputs for the comparison of our HTTP server with Node's, and what sends and compares them."""
