local api = rover.server {}
local function check(limits)
  if limits.most > 10 then error({ code = "limits", most = limits.most }) end
end
check { most = 20 }
function api.get() return "fine" end
return api
