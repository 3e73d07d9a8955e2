local M = {}
function M.new_enough(api, ctx)
  if ctx:headers().version ~= "2" then error(api.error(426, "Upgrade")) end
end
function M:paid(api, ctx)
  if not ctx:cookies().paid then error(api.error(402, "Pay first")) end
end
return M
