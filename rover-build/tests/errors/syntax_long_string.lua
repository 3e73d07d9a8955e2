local api = rover.server {}

function api.get(ctx)
  return api.html { a = 1 } [=[
    <p>{{ a }}</p>
  ]]
end

return api
