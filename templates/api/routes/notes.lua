local store = require "lib.store"

local function find(ctx)
  return store.find(tonumber(ctx:params().id))
end

return function(api)
  local function missing() return api.error(404, "No such note") end

  function api.notes.get(ctx)
    return { notes = rover.array(store.all(ctx:query().q)) }
  end

  function api.notes.post(ctx)
    local note = ctx:body():json()
    if type(note) ~= "table" or type(note.text) ~= "string" or note.text == "" then
      return api.error(422, "text is required")
    end
    local made = store.add(note.text)
    return api.json:status(201, made):header("location", "/notes/" .. made.id)
  end

  function api.notes.p_id.get(ctx)
    return find(ctx) or missing()
  end

  function api.notes.p_id.delete(ctx)
    local note = find(ctx)
    if not note then return missing() end
    store.remove(note.id)
    return api.no_content()
  end
end
