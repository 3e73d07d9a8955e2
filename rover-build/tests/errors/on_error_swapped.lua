local api = rover.server {}
api.on_error = function(err, ctx)
  rover.log.error(ctx.path)
  return api.error(500, tostring(err))
end
return api
