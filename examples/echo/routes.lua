local api = rover.server { port = 4242, title = "echo" }
local g = rover.guard

--- The answer that the load tests ask for.
-- @tag echo
function api.echo.get()
  return { message = "Hello, World!" }
end

--- The body as it came, with its own content type.
-- @tag echo
function api.echo.post(ctx)
  local type = ctx:headers()["content-type"]
  return api.bytes(ctx:body():raw(), type)
end

--- A text, some times.
-- @tag echo
function api.echo.p_text.get(ctx)
  local query = ctx:query():expect { times = g:integer():min(1):max(100):default(1) }
  return api.text(ctx:params().text:rep(query.times))
end

--- Everything about the request, for people with a curl at hand.
-- @tag request
function api.request.get(ctx)
  return {
    method = ctx.method,
    path = ctx.path,
    query = ctx:query(),
    headers = ctx:headers(),
    cookies = ctx:cookies(),
    client_ip = ctx.client_ip,
    request_id = ctx.request_id,
  }
end

return api
