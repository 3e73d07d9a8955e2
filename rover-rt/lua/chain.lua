-- Hooks of paths, put together with the handlers that they stand around when a VM starts.
local R = ...
local concat, format, loadstring = table.concat, string.format, loadstring

-- By the number of hooks: the function that puts so many before a handler. Each calls its hooks by
-- name, one after the other, so that a trace goes through all of them.
local makers = {}
local function maker(count)
  local made = makers[count]
  if made then return made end
  local names, calls = {}, {}
  for i = 1, count do
    names[i] = "hook" .. i
    calls[i] = format("answer = hook%d(ctx) if answer ~= nil then return answer end", i)
  end
  made = loadstring(format(
    "return function(handler, %s) return function(ctx) local answer %s return handler(ctx) end end",
    concat(names, ", "), concat(calls, " ")
  ), "=rover")()
  makers[count] = made
  return made
end

-- A handler with the hooks before it: the first answer counts.
function R.with_hooks(handler, hooks)
  return maker(#hooks)(handler, unpack(hooks))
end

-- A hook that is given an answer: where it gives none itself, the answer is that one.
function R.after_answer(hook)
  return function(ctx, response)
    local answer = hook(ctx, response)
    if answer == nil then return response end
    return answer
  end
end
