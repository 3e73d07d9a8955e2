local api = rover.server { port = 4242, title = "echo" }

function api.echo.get()
  return { message = "Hello, World!" }
end

-- The body as it came, with its own content type.
function api.echo.post(ctx)
  local body = ctx:body()
  if not body then return api.error(400, "Send a body to have it back") end
  return api.bytes(body:raw(), ctx:headers()["content-type"])
end

function api.echo.p_text.get(ctx)
  local times = tonumber(ctx:query().times or 1)
  if not times or times < 1 or times > 100 then
    return api.error(400, "times is a number from 1 to 100")
  end
  return api.text(ctx:params().text:rep(times))
end

-- Everything about the request, for people with a curl at hand.
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
