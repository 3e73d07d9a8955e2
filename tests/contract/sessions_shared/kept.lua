-- What a client keeps whose session has a name, whatever it is kept in.
return function(api)
  api.guarded.before = rover.csrf

  function api.data.get(ctx) return ctx:session() end

  function api.keep.p_key.p_value.post(ctx)
    ctx:session()[ctx:params().key] = ctx:params().value
    return "kept"
  end

  function api.remove.p_key.post(ctx)
    ctx:session()[ctx:params().key] = nil
    return "removed"
  end

  -- Begins with what the session has now, and waits for others to write.
  local gate = rover.shared "gate"
  function api.slow.p_key.p_value.post(ctx)
    local session = ctx:session()
    gate:set("waits", true)
    while not gate:get("open") do rover.sleep(0.002) end
    if ctx:params().key ~= "nothing" then session[ctx:params().key] = ctx:params().value end
    return "kept"
  end

  function api.gate.get() return { waits = gate:get("waits") or false } end
  function api.gate.post()
    gate:set("open", true)
    return "open"
  end
  function api.gate.delete() gate:clear() end

  function api.login.post(ctx)
    local session = ctx:session()
    session:regenerate()
    session.user = ctx:query().user
    return { user = session.user }
  end

  function api.logout.post(ctx)
    ctx:session():destroy()
    return "bye"
  end

  function api.token.get(ctx) return ctx:csrf() end
  function api.guarded.post(ctx) return ctx:session().user or "nobody" end
end
