local names = []
return names
