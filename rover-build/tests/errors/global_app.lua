function app.users.get(ctx)
  return {}
end

return app
