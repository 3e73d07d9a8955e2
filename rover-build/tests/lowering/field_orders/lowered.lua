-- JSON has its fields in the order of the program's constructors. A constructor that contradicts
-- those before it keeps its own.
local api = rover.server {}
local shared = {}

function api.stays.get() --[[budget]]  return shared.f { a = 1, b = 2 } end
-- A template writes them as they stand here.
function api.stays.returned.get() --[[budget]] 
  local row = { a = 1, b = 2 }
  return (__rover.reply(1, row))
end

function api.fires.get() --[[budget]]  return shared.f (__rover.order(1, { b = 1, a = 2 })) end
function api.fires.kept.get() --[[budget]] 
  local row =  __rover.order(1, { b = 1, a = 2 })
  return { row, shared.f(row) }
end

return api
