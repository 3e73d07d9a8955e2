-- Decodes a text again and again.
local api = rover.server { deadline = 0, body_limit = "16MiB", log_level = "off" }

function api.decode.p_rounds.post(ctx)
  local text = ctx:body():raw()
  local value
  for _ = 1, tonumber(ctx:params().rounds) do value = rover.json.decode(text) end
  return { kind = type(value) }
end

return api
