local api = rover.server {}
function api.on_error(err)
  return { error = err.message }
end
return api
