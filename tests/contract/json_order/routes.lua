-- The order of fields is that of the constructor, however its keys are written.
local api = rover.server {}

function api.quoted.get()
  local t = { ["z-z"] = 1, a = 2 }
  return t
end
function api.escaped.get()
  local t = { ["\122\"y"] = 1, [ [[long]] ] = 2, b = 3, ["caf\u{e9}"] = 4, ["a b"] = 5 }
  return t
end
function api.other.get()
  local t = { a = 1, ["z-z"] = 2 }
  return t
end

-- What a check gives has the schema's order, whatever other constructors say.
local g = rover.guard
local first = { one = 1, two = 2 }
local PAIR = g:object { two = g:integer(), one = g:integer() }
local LIST = g:object { pairs = g:array(PAIR) }
function api.first.get() return first end
function api.guarded.get() return rover.guard({ one = 1, two = 2, three = 3 }, PAIR) end
function api.guarded.post(ctx) return ctx:body():expect(PAIR) end
function api.guarded.put(ctx)
  local pair = ctx:body():expect(PAIR)
  return { pair = pair }
end
function api.guarded.patch(ctx) return ctx:body():expect(LIST) end
function api.made.get(ctx)
  local schema = g:object { two = g:integer():default(#ctx.path), one = g:integer() }
  return rover.guard({ one = 1 }, schema)
end

return api
