return function(api)
  local M = {}
  local function refuse() error(api.error(428, "Sign it")) end
  function M.signed(ctx)
    if not ctx:headers().signature then refuse() end
  end
  return M
end
