local M = {}
function M.setup(api)
  function M.user(ctx)
    local token = ctx:headers().authorization
    if not token then
      error(api.error(401, "No token"):header("WWW-Authenticate", "Bearer"))
    end
    return token
  end
end
return M
