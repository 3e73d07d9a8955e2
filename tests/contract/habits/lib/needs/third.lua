return "third"
