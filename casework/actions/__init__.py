"""One verb, one function, one transaction: what people and clocks do to a case."""
