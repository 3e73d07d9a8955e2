return function(server)
  function server.fires.module.p_id.get(c)
    return server.json { id = c:params().id }
  end
end
