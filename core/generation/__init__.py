"""From a request to finished takes: checks, plan, the making of each take, the report of the run."""
