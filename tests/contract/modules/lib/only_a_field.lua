return { name = "a field of a module that nothing else requires" }
