-- The same check as the first thing that a handler does, and after something else.
local api = rover.server {}
local g = rover.guard

local NEW = g:object {
  title = g:string():required():len(1, 80),
  price = g:number():required():min(0),
  quantity = g:integer():default(1),
}
local made = { count = 0 } -- rover: per-worker

function api.first.post(ctx)
  local new = ctx:body():expect(NEW)
  return { title = new.title, price = new.price, quantity = new.quantity }
end

function api.later.post(ctx)
  made.count = made.count + 1
  local new = ctx:body():expect(NEW)
  return { title = new.title, price = new.price, quantity = new.quantity }
end

return api
