return "later"
