local api = rover.server {
  prot = 8080,
  colour = "red",
}
return api
