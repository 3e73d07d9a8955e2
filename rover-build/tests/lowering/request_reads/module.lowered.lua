return function(server) --[[budget]] 
  function server.fires.module.p_id.get(c) --[[budget]] 
    return (__rover.reply(2))
  end
end
