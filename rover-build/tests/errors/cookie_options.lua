local api = rover.server {}
function api.a.get()
  return api.text("x"):cookie("v", "1", { expires = 0, httponly = true })
end
function api.b.get()
  return api.no_content():cookie("v", "1", {
    max_age = 60, sameSite = "lax", priority = "high",
  }):header("x-a", "1")
end
return api
